import { showPage } from "./page.js";
import { Panel } from "./panel.js";

let panel: Panel | undefined;

frappe.ai_assistant = {
	showPage,
	togglePanel(button) {
		panel ??= new Panel();
		panel.toggle(button);
	},
};
