const ROLES = ["AI User", "System Manager"];

const NAME = "ai-assistant-button";

/** The desk takes the ring off everything. */
const FOCUS = `.${NAME} :focus-visible { outline: 2px solid var(--primary); outline-offset: -2px; }`;

const BUBBLE = `<svg class="es-icon icon-sm" viewBox="0 0 16 16" style="fill: none; stroke: currentColor; stroke-width: 1" aria-hidden="true">
	<path d="M2.5 3.5h11v8H8l-3 2.5v-2.5H2.5z" stroke-linejoin="round" />
</svg>`;

/** Puts a button into the navbar, or into what is left of it on the first page of a newer desk. */
function addToNavbar(label: string): void {
	const notifications = document.querySelector(
		"header .desktop-notifications, header .dropdown-notifications",
	);
	if (!notifications || document.querySelector(`header .${NAME}`)) return;
	const item = document.createElement(notifications.tagName);
	item.className = `nav-item ${NAME}`;
	item.innerHTML = `<button class="btn-reset nav-link text-muted">${BUBBLE}</button>`;
	const button = item.firstElementChild as HTMLButtonElement;
	button.title = label;
	button.setAttribute("aria-label", label);
	opens(button);
	notifications.before(item);
}

/** Puts a button below search and notifications into the sidebar that a newer desk has in place of the navbar. */
function addToSidebar(label: string): void {
	const { sidebar } = frappe.app;
	if (!sidebar || document.querySelector(`.body-sidebar .${NAME}`)) return;
	sidebar.add_item(sidebar.$standard_items_sections, {
		type: "Button",
		standard: true,
		icon: "message-circle",
		label,
		class: NAME,
	});
	const link = document.querySelector<HTMLElement>(`.body-sidebar .${NAME} a`);
	if (!link) return;
	link.setAttribute("role", "button");
	link.tabIndex = 0;
	link.addEventListener("keydown", (event) => {
		if (event.key !== "Enter" && event.key !== " ") return;
		event.preventDefault();
		link.click();
	});
	opens(link);
}

/** Makes it open the chat beside whatever is in view, and close it again. */
function opens(button: HTMLElement): void {
	const isOpen = document.querySelector("ai-assistant-panel:not([hidden])") !== null;
	button.setAttribute("aria-expanded", String(isOpen));
	button.addEventListener("click", () => {
		void frappe.require("ai_assistant_chat.bundle.js").then(() => {
			frappe.ai_assistant.togglePanel(button);
		});
	});
}

/** Gives those who may ask a button of this name, on whichever sort of desk. */
export function offerChat(label: string): void {
	$(document).on("toolbar_setup desktop_screen sidebar-expand", () => {
		if (!frappe.user.has_role(ROLES)) return;
		frappe.dom.set_style(FOCUS, NAME);
		addToNavbar(label);
		addToSidebar(label);
	});
}
