frappe.ui.form.on("AI Provider", {
	refresh(frm) {
		if (!frm.is_new() && frappe.user.has_role("System Manager")) {
			frm.add_custom_button(__("Test"), () => open_test(frm));
		}
	},
});

function open_test(frm) {
	if (frm.is_dirty()) {
		frappe.msgprint(__("Save the provider first: it is tested as it was saved."));
		return;
	}
	const models = frm.doc.models.map((row) => row.model);
	const dialog = new frappe.ui.Dialog({
		title: __("Test {0}", [frm.doc.name]),
		fields: [
			{
				fieldname: "model",
				fieldtype: "Select",
				label: __("Model"),
				options: models,
				default: models[0],
				read_only: models.length === 1 ? 1 : 0,
			},
			{ fieldname: "result", fieldtype: "HTML" },
		],
		primary_action_label: __("Test Again"),
		primary_action: () => test(frm, dialog),
	});
	// Announced by screen readers whenever its content changes.
	dialog.get_field("result").$wrapper.attr({ role: "status", "aria-live": "polite" });
	dialog.show();
	test(frm, dialog);
}

async function test(frm, dialog) {
	show(dialog, `<p class="text-muted">${__("Waiting for the first words …")}</p>`);
	dialog.disable_primary_action();
	try {
		const args = { model: dialog.get_value("model") || frm.doc.models[0].model };
		const { message } = await frappe.call({
			method: "run_doc_method",
			args: { dt: frm.doctype, dn: frm.docname, method: "test", args },
		});
		show(dialog, message.error ? failure(message) : success(message));
	} catch {
		show(dialog, ""); // Frappe has shown what went wrong
	} finally {
		dialog.enable_primary_action();
	}
}

function show(dialog, html) {
	dialog.get_field("result").$wrapper.html(html);
}

function success({ model, first_piece_ms, text }) {
	const milliseconds = format_number(first_piece_ms || 0, null, 0);
	const answer = text
		? `<blockquote class="mt-3 mb-0 pl-3 border-left" style="white-space: pre-line">${frappe.utils.escape_html(text)}</blockquote>`
		: `<p class="text-muted mb-0">${__("It thinks, and wrote no text so far.")}</p>`;
	const first_piece = __("First piece after {0} ms, from the model {1}.", [
		`<b>${milliseconds}</b>`,
		`<b>${frappe.utils.escape_html(model)}</b>`,
	]);
	return `<p><span class="indicator-pill green">${__("It answers")}</span></p>
		<p class="mb-0">${first_piece}</p>${answer}`;
}

function failure({ error }) {
	return `<p><span class="indicator-pill red">${__("It does not answer")}</span></p>
		<p class="mb-0">${frappe.utils.escape_html(error)}</p>`;
}
