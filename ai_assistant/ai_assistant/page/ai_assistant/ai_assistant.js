frappe.pages["ai-assistant"].on_page_load = async (wrapper) => {
	await frappe.require("ai_assistant_chat.bundle.js");
	frappe.ai_assistant.showPage(wrapper);
};
