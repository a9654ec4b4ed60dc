/** What a key does wherever the chat has the focus. */
export type Command = "begin" | "focus" | "halt" | "help" | "search";

const CONTROLLED: Record<string, Command> = { "/": "help", k: "search", O: "begin", o: "begin" };
const PLAIN: Record<string, Command> = { "/": "focus", "?": "help" };

/** What is asked for by a key, if it is one of the shortcuts that `parts/shortcuts-dialog.ts` lists. */
export function commandOf(event: KeyboardEvent): Command | undefined {
	if (event.altKey) return undefined;
	if (event.key === "Escape") return "halt";
	if (event.ctrlKey || event.metaKey) {
		const command = CONTROLLED[event.key];
		return command === "begin" && !event.shiftKey ? undefined : command;
	}
	return isField(event.composedPath()[0]) ? undefined : PLAIN[event.key];
}

/** Whether a key is for what lies over an element, and for nothing else. */
export function isForOverlay(event: KeyboardEvent, element: HTMLElement): boolean {
	const path = event.composedPath();
	const within = path.slice(0, path.indexOf(element));
	return within.some((one) => one instanceof HTMLElement && one.matches("dialog, [popover]"));
}

function isField(target: EventTarget | undefined): boolean {
	return (
		target instanceof HTMLInputElement ||
		target instanceof HTMLTextAreaElement ||
		target instanceof HTMLSelectElement
	);
}
