const UNDER_WAY = ["Waiting", "Queued", "Running"];

frappe.ui.form.on("AI Run", {
	setup(frm) {
		// Only the owner gets these events.
		frappe.realtime.on("ai_progress", (event) => {
			const is_final = ["completion", "error"].includes(event.type);
			if (is_final && event.task_id === frm.docname) frm.reload_doc();
		});
	},

	refresh(frm) {
		frm.disable_save();
		frm.get_field("timeline").$wrapper.html(timeline(frm.doc));
		if (UNDER_WAY.includes(frm.doc.status) && frm.doc.owner === frappe.session.user) {
			frm.add_custom_button(__("Stop"), () => stop(frm));
		}
	},
});

function stop(frm) {
	return frappe.call({
		method: "ai_assistant.api.stop",
		args: { task_id: frm.docname },
		freeze: true,
		callback: () => frm.reload_doc(),
	});
}

function timeline(run) {
	if (UNDER_WAY.includes(run.status)) {
		return `<p class="text-muted" role="status">${__("It is drawn when the run has ended.")}</p>`;
	}
	const spans = spans_of(run).filter((span) => span.ms > 0);
	if (!spans.length) return `<p class="text-muted">${__("No times were measured.")}</p>`;
	return `<div class="d-flex mb-3" aria-hidden="true" style="height: 24px; gap: 2px">
			${spans.map(bar).join("")}
		</div>
		<ol class="list-unstyled d-flex flex-wrap mb-3" style="gap: 4px 24px" aria-label="${__("Timeline")}">
			${spans.map(entry).join("")}
			<li>${__("In all")} <b>${milliseconds(run.duration_ms)}</b></li>
		</ol>`;
}

/** What the run spent its time with, in order. A time of 0 was not measured. */
function spans_of(run) {
	const end = run.duration_ms;
	const queued = Math.min(run.queued_ms, end);
	const first_event = run.first_event_ms || end;
	const first_text = run.first_text_ms || (run.thinking_ms ? end : first_event);
	return [
		{ label: __("Queued"), colour: "var(--gray-500)", ms: queued },
		{ label: __("Waiting for the model"), colour: "var(--orange-500)", ms: first_event - queued },
		{ label: __("Thinking"), colour: "var(--purple-500)", ms: first_text - first_event },
		{ label: __("Writing"), colour: "var(--blue-500)", ms: end - first_text },
	];
}

function bar({ label, colour, ms }) {
	return `<div title="${label}: ${milliseconds(ms)}"
		style="flex: ${ms} 0 0; min-width: 3px; border-radius: 3px; background: ${colour}; forced-color-adjust: none"></div>`;
}

function entry({ label, colour, ms }) {
	return `<li><span aria-hidden="true" style="display: inline-block; width: 10px; height: 10px; margin-right: 6px;
		border-radius: 2px; background: ${colour}; forced-color-adjust: none"></span>${label} <b>${milliseconds(ms)}</b></li>`;
}

function milliseconds(ms) {
	return __("{0} ms", [format_number(ms, null, 0)]);
}
