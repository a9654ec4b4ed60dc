import type { Token } from "marked";

import type { Texts } from "../texts/texts.js";
import { type Block, blockOf } from "./block.js";
import { Blocks } from "./blocks.js";

interface Shown {
	readonly block: Block;
	readonly token: Token;
}

/** Shows Markdown in an element while it grows: what has not changed keeps its DOM. */
export class MarkdownView {
	private readonly blocks = new Blocks();
	private readonly shown: Shown[] = [];
	private tokens: readonly Token[] = [];
	private text = "";
	private isRead = true;
	private isWhole = false;
	private isPlain = false;

	constructor(
		private readonly root: HTMLElement,
		private readonly texts: Texts,
	) {}

	/** Takes the text; `paint` reads and shows it. `isWhole`: nothing follows any more. */
	take(text: string, isWhole: boolean): void {
		this.text = text;
		this.isRead = false;
		this.isWhole = isWhole;
	}

	/** Shows blocks until that moment of `performance.now()`, and at least one. Returns whether all are shown. */
	paint(until: number): boolean {
		try {
			return this.paintBlocks(until);
		} catch {
			this.showPlain();
			return true;
		}
	}

	private paintBlocks(until: number): boolean {
		this.read();
		let index = this.tokens.findIndex((token, place) => this.shown[place]?.token !== token);
		if (index < 0) return true;
		do this.paintBlock(index++);
		while (index < this.tokens.length && performance.now() < until);
		return index === this.tokens.length;
	}

	private read(): void {
		if (this.isRead) return;
		this.isRead = true;
		this.tokens = this.blocks.update(this.text, this.isWhole);
		if (this.isPlain) this.root.replaceChildren();
		this.isPlain = false;
		for (const { block } of this.shown.splice(this.tokens.length)) block.element.remove();
	}

	/** What cannot be set, such as a thousand quotes in each other, is shown as it is written. */
	private showPlain(): void {
		const block = document.createElement("div");
		block.className = "block raw";
		block.dir = "auto";
		block.textContent = this.text;
		this.root.replaceChildren(block);
		this.shown.length = 0;
		this.tokens = [];
		this.isPlain = true;
	}

	private paintBlock(index: number): void {
		const token = this.tokens[index];
		if (!token) return;
		const before = this.shown[index]?.block;
		const isWhole = this.isWhole || index < this.tokens.length - 1;
		if (before?.show(token, isWhole)) {
			this.shown[index] = { block: before, token };
			return;
		}
		const block = blockOf(token, isWhole, this.texts);
		if (before) before.element.replaceWith(block.element);
		else this.root.append(block.element);
		this.shown[index] = { block, token };
	}
}
