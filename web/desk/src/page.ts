import type { Chat, ConversationChange } from "@ai-assistant/chat";

import { deskChat, keepTyping } from "./desk-chat.js";

const ROUTE = "ai-assistant";

/** Fills the desk's page with the chat; the conversation in view is the route's second part. */
export function showPage(wrapper: HTMLElement): void {
	const chat = deskChat();
	chat.addEventListener("conversationchange", (event) => {
		const { detail } = event as ConversationChange;
		void frappe.set_route(ROUTE, ...(detail ? [detail] : []));
	});
	wrapper.addEventListener("keydown", keepTyping);
	wrapper.replaceChildren(chat);
	const page = frappe.pages[ROUTE];
	if (page)
		page.on_page_show = () => {
			show(chat);
		};
	show(chat);
}

function show(chat: Chat): void {
	chat.style.height = `calc(100vh - ${String(chat.getBoundingClientRect().top + scrollY)}px)`;
	chat.conversation = frappe.get_route()[1] ?? "";
}
