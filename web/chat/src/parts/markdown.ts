import { property } from "lit/decorators.js";

import { MarkdownView } from "../markdown/markdown-view.js";
import { painter } from "../markdown/painter.js";
import { define, Part } from "./part.js";

/** Milliseconds of a frame that may go into an answer that grows. */
const SHARE = 5;

/** How much longer than it took is waited after a step that took longer, so that a page stays quick on a long block. */
const REST = 2;

/** Markdown that may still grow. */
export class Markdown extends Part {
	@property({ attribute: false }) text = "";
	@property({ attribute: false }) isWhole = true;

	private view: MarkdownView | undefined;
	private isWaiting = false;
	/** The moment of `performance.now()` from which the text may be painted as it grows. */
	private restedAt = 0;

	protected override update(changed: Map<PropertyKey, unknown>): void {
		super.update(changed);
		if (changed.has("locale")) {
			this.replaceChildren();
			this.view = new MarkdownView(this, this.locale.texts);
		}
		this.view?.take(this.text, this.isWhole);
		if (this.isWaiting) return;
		const rest = this.isWhole ? 0 : this.restedAt - performance.now();
		const isUrgent = !this.isWhole || changed.get("isWhole") === false;
		if (rest > 0) this.wait(rest);
		else if (!isUrgent || !this.paint(performance.now() + SHARE)) this.wait();
	}

	private wait(rest = 0): void {
		this.isWaiting = true;
		if (rest > 0) setTimeout(this.queue, rest);
		else this.queue();
	}

	private readonly queue = (): void => {
		painter.add((until) => {
			this.isWaiting = !this.paint(until);
			return !this.isWaiting;
		});
	};

	private paint(until: number): boolean {
		const begun = performance.now();
		const isDone = this.view?.paint(until) ?? true;
		const ended = performance.now();
		this.restedAt = ended - begun > SHARE ? ended + REST * (ended - begun) : 0;
		return isDone;
	}
}

define("ai-assistant-markdown", Markdown);
