import { LitElement } from "lit";
import { property } from "lit/decorators.js";

import type { Locale } from "../locale.js";

/** A part of the chat: it renders into the chat's own shadow root, so that one style sheet serves all. */
export abstract class Part extends LitElement {
	@property({ attribute: false }) locale!: Locale;

	protected override createRenderRoot(): HTMLElement {
		return this;
	}
}

/** Defines an element once, also if the chat is loaded twice. */
export function define(name: string, part: CustomElementConstructor): void {
	if (!customElements.get(name)) customElements.define(name, part);
}
