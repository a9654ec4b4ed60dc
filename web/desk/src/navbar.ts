const ROLES = ["AI User", "System Manager"];

const BUBBLE = `<svg class="es-icon icon-sm" viewBox="0 0 16 16" style="fill: none; stroke: currentColor" aria-hidden="true">
	<path d="M2.5 3.5h11v8H8l-3 2.5v-2.5H2.5z" stroke-linejoin="round" />
</svg>`;

/** Puts a button into the desk's navbar that opens the chat beside whatever is in view. */
function addButton(): void {
	const notifications = document.querySelector("header .dropdown-notifications");
	if (!notifications || document.querySelector(".ai-assistant-button")) return;
	const item = document.createElement("li");
	item.className = "nav-item ai-assistant-button";
	item.innerHTML = `<button class="btn-reset nav-link text-muted" aria-expanded="false">${BUBBLE}</button>`;
	const button = item.firstElementChild as HTMLButtonElement;
	button.title = __("AI Assistant");
	button.setAttribute("aria-label", button.title);
	button.addEventListener("click", () => void open(button));
	notifications.before(item);
}

async function open(button: HTMLElement): Promise<void> {
	await frappe.require("ai_assistant_chat.bundle.js");
	frappe.ai_assistant.togglePanel(button);
}

$(document).on("toolbar_setup", () => {
	if (frappe.user.has_role(ROLES)) addButton();
});
