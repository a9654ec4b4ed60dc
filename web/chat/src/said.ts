import type { SendRequest } from "@ai-assistant/client";

/** The text of a request. */
export function said({ message, messages }: SendRequest): string {
	const content = message ?? messages?.at(-1)?.content ?? "";
	if (typeof content === "string") return content;
	return content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
}
