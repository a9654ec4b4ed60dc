import type { Token } from "marked";

import type { Texts } from "../texts/texts.js";
import type { Block } from "./block.js";
import { htmlOf } from "./blocks.js";
import { finish } from "./finishing.js";
import type { Repetition } from "./repetitions.js";
import { sanitised } from "./sanitiser.js";

/** A list or a table, of which only the items or rows that changed are made anew. */
export class RepeatingBlock<T extends Token> implements Block {
	readonly element = document.createElement("div");
	private holder: Element | null = null;
	private beginning = "";
	private pieces: string[] = [];

	constructor(
		private readonly repetition: Repetition<T>,
		private readonly texts: Texts,
	) {
		this.element.className = "block";
	}

	show(token: Token): boolean {
		if (token.type !== this.repetition.type) return false;
		const block = token as T;
		const beginning = this.repetition.beginning(block);
		const pieces = this.repetition.pieces(block);
		if (this.holder && beginning === this.beginning) this.change(this.holder, block, pieces);
		else this.begin(block);
		this.beginning = beginning;
		this.pieces = pieces;
		return true;
	}

	private begin(block: T): void {
		this.element.replaceChildren(this.made(block));
		this.holder = this.element.querySelector(this.repetition.holder);
	}

	private change(holder: Element, block: T, pieces: string[]): void {
		pieces.forEach((piece, index) => {
			if (this.pieces[index] !== piece) this.showPiece(holder, this.repetition.only(block, index), index);
		});
		while (holder.children.length > pieces.length) holder.lastElementChild?.remove();
	}

	/** `block` has that piece alone. */
	private showPiece(holder: Element, block: T, index: number): void {
		const piece = this.made(block).querySelector(this.repetition.holder)?.firstElementChild ?? "";
		const before = holder.children[index];
		if (before) before.replaceWith(piece);
		else holder.append(piece);
	}

	private made(block: T): DocumentFragment {
		return finish(sanitised(htmlOf(block)), this.texts);
	}
}
