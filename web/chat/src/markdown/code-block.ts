import { copyButton } from "../copy-button.js";
import type { Texts } from "../texts/texts.js";
import { highlighted } from "./highlighting.js";

const LONGEST_LIVE = 3_000;
const LONGEST = 30_000;

/** Code with its language and a button that copies it. Longer code, in characters, is coloured when it is whole, or not. */
export class CodeBlock {
	readonly element = document.createElement("figure");
	private readonly code = document.createElement("code");
	private text = "";
	private isWhole = false;

	constructor(
		readonly language: string,
		texts: Texts,
	) {
		const head = document.createElement("figcaption");
		const name = document.createElement("span");
		name.textContent = language;
		head.append(
			name,
			copyButton(() => this.text, texts),
		);
		const body = document.createElement("pre");
		body.tabIndex = 0;
		body.setAttribute("aria-label", texts.code(language));
		body.setAttribute("role", "region");
		body.append(this.code);
		this.element.className = "code";
		this.element.dir = "ltr";
		this.element.append(head, body);
	}

	show(text: string, isWhole: boolean): void {
		if (text === this.text && isWhole === this.isWhole) return;
		this.isWhole = isWhole;
		if (text.length <= (isWhole ? LONGEST : LONGEST_LIVE)) this.colour(text);
		else if (text.startsWith(this.text)) this.code.append(text.slice(this.text.length));
		else this.code.textContent = text;
		this.text = text;
	}

	private colour(text: string): void {
		const html = highlighted(text, this.language);
		if (html === undefined) this.code.textContent = text;
		else this.code.innerHTML = html;
	}
}
