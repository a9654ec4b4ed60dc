import type { Token } from "marked";

import type { Texts } from "../texts/texts.js";
import { CodeBlock } from "./code-block.js";
import { HtmlBlock } from "./html-block.js";
import { ListBlock } from "./list-block.js";

/** A block of Markdown on the page. */
export interface Block {
	readonly element: HTMLElement;
	/** Shows what the block has become, and returns false if that is another kind of block. */
	show(token: Token, isWhole: boolean): boolean;
}

export function blockOf(token: Token, isWhole: boolean, texts: Texts): Block {
	const block =
		token.type === "code"
			? new CodeBlock(texts)
			: token.type === "list"
				? new ListBlock(texts)
				: new HtmlBlock(texts);
	block.show(token, isWhole);
	return block;
}
