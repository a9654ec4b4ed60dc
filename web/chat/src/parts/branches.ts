import { html, nothing } from "lit";

import type { Actions } from "../actions.js";
import { icon } from "../icon.js";
import type { Texts } from "../texts/texts.js";

/** `‹ 2/3 ›`: which of several versions of a message this is, and the way to the others. */
export function branches(
	messageId: string,
	siblings: readonly string[],
	actions: Actions,
	texts: Texts,
): unknown {
	const place = siblings.indexOf(messageId);
	if (place < 0 || siblings.length < 2) return nothing;
	const step = (name: "branchBack" | "branchOn", label: string, target: string | undefined): unknown =>
		html`<button
			type="button"
			class="quiet"
			title=${label}
			aria-label=${label}
			?disabled=${target === undefined}
			@click=${() => target !== undefined && actions.chooseBranch(target)}
		>
			${icon(name)}
		</button>`;
	return html`<span class="branches" role="group" aria-label=${texts.branch(place + 1, siblings.length)}>
		${step("branchBack", texts.previousVersion, siblings[place - 1])}
		<span aria-hidden="true">${place + 1}/${siblings.length}</span>
		${step("branchOn", texts.nextVersion, siblings[place + 1])}
	</span>`;
}
