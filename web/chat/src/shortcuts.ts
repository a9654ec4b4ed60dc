/** What a key does wherever the chat has the focus. */
export type Command = "begin" | "focus" | "halt" | "help" | "search";

const CONTROLLED: Record<string, Command> = { "/": "help", k: "search", O: "begin", o: "begin" };
const PLAIN: Record<string, Command> = { "/": "focus", "?": "help" };

/** What is asked for by a key, if it is one of the shortcuts that `parts/shortcuts-dialog.ts` lists. */
export function commandOf(event: KeyboardEvent): Command | undefined {
	const path = event.composedPath();
	if (event.altKey || path.some((element) => element instanceof HTMLDialogElement)) return undefined;
	if (event.key === "Escape") return "halt";
	if (event.ctrlKey || event.metaKey) {
		const command = CONTROLLED[event.key];
		return command === "begin" && !event.shiftKey ? undefined : command;
	}
	return isField(path[0]) ? undefined : PLAIN[event.key];
}

function isField(target: EventTarget | undefined): boolean {
	return (
		target instanceof HTMLInputElement ||
		target instanceof HTMLTextAreaElement ||
		target instanceof HTMLSelectElement
	);
}
