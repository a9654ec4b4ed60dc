import type { Token } from "marked";

import type { Texts } from "../texts/texts.js";
import { Blocks, htmlOf, languageOf } from "./blocks.js";
import { CodeBlock } from "./code-block.js";
import { finish } from "./finishing.js";
import { sanitised } from "./sanitiser.js";

/** A block on the page. `source` is what it was made of: HTML, or the code of `code`. */
interface Shown {
	readonly element: HTMLElement;
	readonly token: Token;
	readonly source: string;
	readonly code?: CodeBlock;
}

/** Shows Markdown in an element while it grows: what has not changed keeps its DOM. */
export class MarkdownView {
	private readonly blocks = new Blocks();
	private readonly shown: Shown[] = [];

	constructor(
		private readonly root: HTMLElement,
		private readonly texts: Texts,
	) {}

	/** `isWhole`: nothing follows any more. */
	show(text: string, isWhole: boolean): void {
		const tokens = this.blocks.update(text, isWhole);
		for (const { element } of this.shown.splice(tokens.length)) element.remove();
		tokens.forEach((token, index) => {
			const before = this.shown[index];
			const shown =
				token.type === "code"
					? this.code(token, before, isWhole || index < tokens.length - 1)
					: this.html(token, before);
			if (!before) this.root.append(shown.element);
			else if (before.element !== shown.element) before.element.replaceWith(shown.element);
			this.shown[index] = shown;
		});
	}

	private html(token: Token, before: Shown | undefined): Shown {
		if (before?.token === token) return before;
		const source = htmlOf(token);
		if (before && !before.code && before.source === source) return { ...before, token };
		const element = document.createElement("div");
		element.className = "block";
		element.append(finish(sanitised(source), this.texts));
		return { element, token, source };
	}

	private code(token: Token, before: Shown | undefined, isWhole: boolean): Shown {
		const { text, lang } = token as { text: string; lang?: string };
		const language = languageOf(lang);
		const code = before?.code?.language === language ? before.code : new CodeBlock(language, this.texts);
		code.show(text, isWhole);
		return { element: code.element, token, source: text, code };
	}
}
