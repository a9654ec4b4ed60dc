import type { Attachment } from "@ai-assistant/client";
import { html, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import type { Actions } from "../actions.js";
import { icon } from "../icon.js";
import { define, Part } from "./part.js";

/** An image that came with a message, read when it comes into view. Until then, or if that fails, its name is shown. */
export class ImageView extends Part {
	@property({ attribute: false }) attachment!: Attachment;
	@property({ attribute: false }) actions!: Actions;
	@state() private url = "";
	private readonly observer = new IntersectionObserver((entries) => {
		if (entries.some((entry) => entry.isIntersecting)) this.read();
	});

	override disconnectedCallback(): void {
		super.disconnectedCallback();
		this.observer.disconnect();
	}

	protected override firstUpdated(): void {
		this.observer.observe(this);
	}

	protected override render(): TemplateResult {
		return this.url ? html`<img src=${this.url} alt=${this.attachment.name} />` : fileName(this.attachment);
	}

	private read(): void {
		this.observer.disconnect();
		this.actions.image(this.attachment.id).then(
			(url) => {
				this.url = url;
			},
			() => undefined,
		);
	}
}

export function fileName({ name }: { readonly name: string }): TemplateResult {
	return html`<span class="chip" dir="auto">${icon("attach")} ${name}</span>`;
}

define("ai-assistant-image", ImageView);
