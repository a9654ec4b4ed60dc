import { render } from "lit";

import { copy } from "./clipboard.js";
import { icon } from "./icon.js";
import type { Texts } from "./texts/texts.js";

const SHOWN_FOR = 2_000;

/** A button that copies what `text` returns at that moment, and says for two seconds whether it did. */
export function copyButton(text: () => string, texts: Texts): HTMLButtonElement {
	const button = document.createElement("button");
	button.type = "button";
	button.className = "quiet copy";
	const say = (label: string, isDone: boolean): void => {
		render(icon(isDone ? "check" : "copy"), button);
		button.title = label;
		button.setAttribute("aria-label", label);
	};
	say(texts.copy, false);
	button.addEventListener("click", () => {
		void copy(text()).then((isCopied) => {
			say(isCopied ? texts.copied : texts.copyFailed, isCopied);
			setTimeout(() => {
				say(texts.copy, false);
			}, SHOWN_FOR);
		});
	});
	return button;
}
