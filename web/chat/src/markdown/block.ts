import type { Token } from "marked";

import type { Texts } from "../texts/texts.js";
import { CodeBlock } from "./code-block.js";
import { HtmlBlock } from "./html-block.js";
import { ParagraphBlock } from "./paragraph-block.js";
import { RepeatingBlock } from "./repeating-block.js";
import { items, rows } from "./repetitions.js";

/** A block of Markdown on the page. */
export interface Block {
	readonly element: HTMLElement;
	/** Shows what the block has become, and returns false if that is another kind of block. */
	show(token: Token, isWhole: boolean): boolean;
}

export function blockOf(token: Token, isWhole: boolean, texts: Texts): Block {
	const block = emptyBlock(token.type, texts);
	block.show(token, isWhole);
	return block;
}

function emptyBlock(type: string, texts: Texts): Block {
	switch (type) {
		case "code":
			return new CodeBlock(texts);
		case "list":
			return new RepeatingBlock(items, texts);
		case "paragraph":
			return new ParagraphBlock(texts);
		case "table":
			return new RepeatingBlock(rows, texts);
		default:
			return new HtmlBlock(texts);
	}
}
