const PREFIX = "ai-assistant:draft:";

/** What was typed but not sent, by conversation, kept on this device. */
export const drafts = {
	of(conversation: string): string {
		return stored()?.getItem(PREFIX + conversation) ?? "";
	},

	keep(conversation: string, text: string): void {
		if (text) stored()?.setItem(PREFIX + conversation, text);
		else stored()?.removeItem(PREFIX + conversation);
	},
};

/** Undefined where the browser keeps nothing for this page. */
function stored(): Storage | undefined {
	try {
		return localStorage;
	} catch {
		return undefined;
	}
}
