import { html, nothing, type TemplateResult } from "lit";

import { icon, type IconName } from "../icon.js";

/** A button that shows no more than a drawing, and is of the class of its name. `isPressed`: for one that stays so. */
export function quietButton(
	name: IconName,
	label: string,
	act: (event: MouseEvent) => void,
	isPressed?: boolean,
): TemplateResult {
	return html`<button
		type="button"
		class="quiet ${name}"
		title=${label}
		aria-label=${label}
		aria-pressed=${isPressed ?? nothing}
		@click=${act}
	>
		${icon(name)}
	</button>`;
}
