frappe.listview_settings["AI Conversation"] = {
	get_indicator(doc) {
		const colours = { Active: "green", Archived: "gray", Deleted: "red" };
		return [__(doc.status), colours[doc.status], `status,=,${doc.status}`];
	},
};
