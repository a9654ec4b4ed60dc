/** Characters of one value, and of all of them. */
const LONGEST_VALUE = 4_000;
const LONGEST = 30_000;

const ROWS = 50;

/** Field types that hold nothing to read, or what nobody is to read. */
const UNREAD = new Set(["Attach Image", "Button", "Column Break", "Fold", "Heading", "HTML", "Image"]);
const SECRET = new Set(["Password", "Signature"]);
const TABLES = new Set(["Table", "Table MultiSelect"]);

/** What the model is told of a document. */
export interface DocumentContext {
	readonly doctype: string;
	readonly name: string;
	readonly title: string;
	/** By label, as the form shows them; a table is a list of such values. */
	readonly fields: Readonly<Record<string, unknown>>;
}

/** What of the form's document this user sees, with what has not been saved; null where there is nothing to tell. */
export function documentContext(form: Form | null | undefined): DocumentContext | null {
	if (!form?.docname || form.docname !== form.doc.name) return null;
	const shown = form.fields.filter(({ disp_status }) => disp_status !== "None").map(({ df }) => df);
	return {
		doctype: form.doctype,
		name: form.docname,
		title: form.get_title?.() ?? form.docname,
		fields: bounded(valuesOf(form.doc, shown)),
	};
}

function valuesOf(document: DeskDocument, fields: readonly Field[]): [label: string, value: unknown][] {
	return fields.flatMap((field): [string, unknown][] => {
		const value = valueOf(document, field);
		return value === undefined ? [] : [[__(field.label ?? field.fieldname), value]];
	});
}

function valueOf(document: DeskDocument, { fieldname, fieldtype, options }: Field): unknown {
	const value = document[fieldname];
	if (UNREAD.has(fieldtype) || SECRET.has(fieldtype) || value === null || value === "") return undefined;
	if (TABLES.has(fieldtype)) return options ? rowsOf(value, options) : undefined;
	return typeof value === "string" ? value.slice(0, LONGEST_VALUE) : value;
}

function rowsOf(value: unknown, doctype: string): unknown {
	if (!Array.isArray(value) || !value.length) return undefined;
	return (value as DeskDocument[]).slice(0, ROWS).map((row) => {
		const fields = frappe.meta.get_docfields(doctype, String(row.name));
		return Object.fromEntries(
			valuesOf(
				row,
				fields.filter(({ hidden }) => !hidden),
			),
		);
	});
}

/** As many as there is room for, the first ones. */
function bounded(values: readonly [string, unknown][]): Record<string, unknown> {
	let room = LONGEST;
	return Object.fromEntries(values.filter(([, value]) => (room -= JSON.stringify(value).length) >= 0));
}
