import { property } from "lit/decorators.js";

import { MarkdownView } from "../markdown/markdown-view.js";
import { define, Part } from "./part.js";

/** Markdown that may still grow. */
export class Markdown extends Part {
	@property({ attribute: false }) text = "";
	@property({ attribute: false }) isWhole = true;

	private view: MarkdownView | undefined;

	protected override update(changed: Map<PropertyKey, unknown>): void {
		super.update(changed);
		if (changed.has("locale")) {
			this.replaceChildren();
			this.view = new MarkdownView(this, this.locale.texts);
		}
		this.view?.show(this.text, this.isWhole);
	}
}

define("ai-assistant-markdown", Markdown);
