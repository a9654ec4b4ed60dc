import type { Token, Tokens } from "marked";

import { copyButton } from "../copy-button.js";
import type { Texts } from "../texts/texts.js";
import type { Block } from "./block.js";
import { languageOf } from "./blocks.js";
import { highlighted } from "./highlighting.js";

/** Characters of code that are coloured: while it grows, and at all. */
const LONGEST_LIVE = 3_000;
const LONGEST = 30_000;

/** Code with its language and a button that copies it. */
export class CodeBlock implements Block {
	readonly element = document.createElement("figure");
	private readonly name = document.createElement("span");
	private readonly body = document.createElement("pre");
	private readonly code = document.createElement("code");
	private text = "";
	private isWhole = false;

	constructor(private readonly texts: Texts) {
		const head = document.createElement("figcaption");
		head.append(
			this.name,
			copyButton(() => this.text, texts),
		);
		this.body.tabIndex = 0;
		this.body.setAttribute("role", "region");
		this.body.append(this.code);
		this.element.className = "code";
		this.element.dir = "ltr";
		this.element.append(head, this.body);
	}

	show(token: Token, isWhole: boolean): boolean {
		if (token.type !== "code") return false;
		const { text, lang } = token as Tokens.Code;
		this.showText(text, languageOf(lang), isWhole);
		return true;
	}

	showText(text: string, language: string, isWhole: boolean): void {
		if (text === this.text && isWhole === this.isWhole && language === this.name.textContent) return;
		this.isWhole = isWhole;
		this.name.textContent = language;
		this.body.setAttribute("aria-label", this.texts.code(language));
		if (text.length <= (isWhole ? LONGEST : LONGEST_LIVE)) this.colour(text, language);
		else if (text.startsWith(this.text)) this.code.append(text.slice(this.text.length));
		else this.code.textContent = text;
		this.text = text;
	}

	private colour(text: string, language: string): void {
		const html = highlighted(text, language);
		if (html === undefined) this.code.textContent = text;
		else this.code.innerHTML = html;
	}
}
