import { render } from "lit";

import { icon } from "./icon.js";
import type { Texts } from "./texts/texts.js";

const SHOWN_FOR = 2_000;

/** A button that copies what `text` returns at that moment, and says for two seconds that it did. */
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
		void navigator.clipboard.writeText(text()).then(
			() => {
				say(texts.copied, true);
				setTimeout(() => {
					say(texts.copy, false);
				}, SHOWN_FOR);
			},
			() => {
				say(texts.copyFailed, false);
			},
		);
	});
	return button;
}
