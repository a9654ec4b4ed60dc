/** Copies a text, and tells whether it could. */
export async function copy(text: string): Promise<boolean> {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		return copySelected(text);
	}
}

/** A page that is not served securely has no `navigator.clipboard`: what it may copy is what is selected. */
function copySelected(text: string): boolean {
	const before = focused();
	const field = document.createElement("textarea");
	field.value = text;
	field.readOnly = true;
	field.style.position = "fixed";
	field.style.opacity = "0";
	document.body.append(field);
	field.focus({ preventScroll: true });
	field.select();
	// eslint-disable-next-line @typescript-eslint/no-deprecated -- There is no other way.
	const isCopied = document.execCommand("copy");
	field.remove();
	before?.focus({ preventScroll: true });
	return isCopied;
}

/** What has the focus, also inside of shadow roots. */
function focused(): HTMLElement | null {
	let element = document.activeElement;
	while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
	return element instanceof HTMLElement ? element : null;
}
