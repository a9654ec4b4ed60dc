import type { Token } from "marked";

import type { Texts } from "../texts/texts.js";
import type { Block } from "./block.js";
import { htmlOf } from "./blocks.js";
import { finish } from "./finishing.js";
import { sanitised } from "./sanitiser.js";

/** Whatever is made anew as a whole: a heading, a quote, HTML. */
export class HtmlBlock implements Block {
	readonly element = document.createElement("div");
	private html = "";

	constructor(private readonly texts: Texts) {
		this.element.className = "block";
	}

	show(token: Token): boolean {
		if (["code", "list", "paragraph", "table"].includes(token.type)) return false;
		const html = htmlOf(token);
		if (html !== this.html) this.element.replaceChildren(finish(sanitised(html), this.texts));
		this.html = html;
		return true;
	}
}
