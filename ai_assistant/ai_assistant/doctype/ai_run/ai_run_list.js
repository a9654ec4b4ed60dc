frappe.listview_settings["AI Run"] = {
	get_indicator(doc) {
		const colours = { Queued: "orange", Running: "blue", Completed: "green", Failed: "red" };
		return [__(doc.status), colours[doc.status], `status,=,${doc.status}`];
	},
};
