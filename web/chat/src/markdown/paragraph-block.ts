import type { Token, Tokens } from "marked";

import type { Texts } from "../texts/texts.js";
import type { Block } from "./block.js";
import { htmlOf } from "./blocks.js";
import { finish } from "./finishing.js";
import { sanitised } from "./sanitiser.js";

/** So many tokens of a paragraph are shown by so many of its nodes. */
interface Piece {
	readonly tokens: number;
	readonly nodes: number;
}

/** A paragraph, of which only what changed at its end is made anew. */
export class ParagraphBlock implements Block {
	readonly element = document.createElement("div");
	private tokens: readonly Token[] = [];
	private readonly pieces: Piece[] = [];

	constructor(private readonly texts: Texts) {
		this.element.className = "block";
	}

	show(token: Token): boolean {
		if (token.type !== "paragraph") return false;
		const paragraph = token as Tokens.Paragraph;
		const { tokens } = paragraph;
		const same = tokens.some(hasHtml) ? 0 : sameCount(tokens, this.tokens);
		this.tokens = tokens;
		this.shorten(same);
		this.lengthen(paragraph, same);
		this.lengthen(paragraph, tokens.length);
		return true;
	}

	private get shown(): Piece {
		return this.pieces.at(-1) ?? { tokens: 0, nodes: 0 };
	}

	private shorten(most: number): void {
		while (this.shown.tokens > most) this.pieces.pop();
		const nodes = this.element.firstElementChild?.childNodes;
		while (nodes && nodes.length > this.shown.nodes) nodes[nodes.length - 1]?.remove();
	}

	private lengthen(paragraph: Tokens.Paragraph, end: number): void {
		const begin = this.shown.tokens;
		if (end <= begin) return;
		const html = htmlOf({ ...paragraph, tokens: paragraph.tokens.slice(begin, end) });
		const made = finish(sanitised(html), this.texts);
		const before = begin ? this.element.firstElementChild : null;
		if (before) before.append(...(made.firstElementChild?.childNodes ?? []));
		else this.element.replaceChildren(made);
		this.pieces.push({ tokens: end, nodes: this.element.firstElementChild?.childNodes.length ?? 0 });
	}
}

function sameCount(tokens: readonly Token[], before: readonly Token[]): number {
	const changed = tokens.findIndex((token, index) => token !== before[index]);
	return changed < 0 ? tokens.length : changed;
}

/** HTML may reach from one token into the next, and end the paragraph. */
function hasHtml(token: Token): boolean {
	return token.type === "html" || Boolean((token as Tokens.Generic).tokens?.some(hasHtml));
}
