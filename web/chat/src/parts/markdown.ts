import { property } from "lit/decorators.js";

import { MarkdownView } from "../markdown/markdown-view.js";
import { painter } from "../markdown/painter.js";
import { define, Part } from "./part.js";

/** Milliseconds of a frame that may go into an answer that grows. */
const SHARE = 5;

/** Markdown that may still grow. */
export class Markdown extends Part {
	@property({ attribute: false }) text = "";
	@property({ attribute: false }) isWhole = true;

	private view: MarkdownView | undefined;
	private isWaiting = false;

	protected override update(changed: Map<PropertyKey, unknown>): void {
		super.update(changed);
		if (changed.has("locale")) {
			this.replaceChildren();
			this.view = new MarkdownView(this, this.locale.texts);
		}
		this.view?.take(this.text, this.isWhole);
		const isUrgent = !this.isWhole || changed.get("isWhole") === false;
		if (!this.isWaiting && !(isUrgent && this.paint(performance.now() + SHARE))) this.wait();
	}

	private wait(): void {
		this.isWaiting = true;
		painter.add((until) => {
			this.isWaiting = !this.paint(until);
			return !this.isWaiting;
		});
	}

	private paint(until: number): boolean {
		return this.view?.paint(until) ?? true;
	}
}

define("ai-assistant-markdown", Markdown);
