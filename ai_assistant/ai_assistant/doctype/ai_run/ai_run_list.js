frappe.listview_settings["AI Run"] = {
	get_indicator(doc) {
		const colours = {
			Waiting: "gray",
			Queued: "orange",
			Running: "blue",
			Completed: "green",
			Failed: "red",
		};
		return [__(doc.status), colours[doc.status], `status,=,${doc.status}`];
	},
	formatters: {
		first_event_ms: milliseconds,
		duration_ms: milliseconds,
		total_tokens: (count) => (count ? format_number(count, null, 0) : ""),
	},
};

/** Nothing for 0, which is a time that was not measured. */
function milliseconds(value) {
	return value ? __("{0} ms", [format_number(value, null, 0)]) : "";
}
