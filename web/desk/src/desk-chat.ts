import { Chat } from "@ai-assistant/chat";
import { Client } from "@ai-assistant/client";

/** The desk's own colours; what it has no name for is made of its text on its ground, so that it is read in any theme. */
const LOOK = {
	"--ai-font": "var(--font-stack)",
	"--ai-ground": "var(--fg-color)",
	"--ai-shade": "color-mix(in srgb, var(--text-color) 3%, var(--fg-color))",
	"--ai-tint": "color-mix(in srgb, var(--text-color) 8%, var(--fg-color))",
	"--ai-line": "color-mix(in srgb, var(--text-color) 14%, var(--fg-color))",
	"--ai-raised": "var(--card-bg)",
	"--ai-ink": "var(--text-color)",
	"--ai-soft": "var(--text-muted)",
	"--ai-accent": "var(--btn-primary)",
	"--ai-on-accent": "var(--neutral)",
	"--ai-alarm": "var(--alert-text-danger)",
	"--ai-alarm-tint": "color-mix(in srgb, var(--red-500) 10%, var(--fg-color))",
};

let client: Client | undefined;

/** A chat that looks and speaks as the desk does, and hears its events over the desk's own socket. */
export function deskChat(): Chat {
	const chat = new Chat();
	chat.client = client ??= connect();
	chat.user = frappe.session.user;
	chat.lang = frappe.boot.lang;
	chat.signIn = "/login?redirect-to=/app/ai-assistant";
	for (const [name, value] of Object.entries(LOOK)) chat.style.setProperty(name, value);
	followTheme(chat);
	return chat;
}

/** One for the page and the panel. */
function connect(): Client {
	frappe.realtime.connect?.();
	const { socket } = frappe.realtime;
	const made = new Client({ csrfToken: frappe.csrf_token, ...(socket && { socket }) });
	made.connect();
	return made;
}

function followTheme(chat: Chat): void {
	const root = document.documentElement;
	const follow = (): void => {
		chat.theme = root.dataset.theme === "dark" ? "dark" : "light";
	};
	follow();
	new MutationObserver(follow).observe(root, { attributeFilter: ["data-theme"] });
}

/** Keeps what is typed into the chat from the desk's shortcuts, which do not see that it is typed into a field. */
export function keepTyping(event: KeyboardEvent): void {
	const [field] = event.composedPath();
	const isTyped = field instanceof HTMLElement && field.matches("input, textarea, select");
	if (isTyped && !event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
}
