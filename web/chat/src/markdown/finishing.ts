import type { Texts } from "../texts/texts.js";
import { CodeBlock } from "./code-block.js";
import { pictureButton } from "./picture.js";

const BLOCKS = "p, h1, h2, h3, h4, h5, h6, ul, ol, li, blockquote, th, td, dt, dd, summary, details";

/** Makes of sanitised HTML what is shown: every link safe to follow, no picture from elsewhere, code in blocks of its own. */
export function finish(fragment: DocumentFragment, texts: Texts): DocumentFragment {
	for (const link of fragment.querySelectorAll("a")) finishLink(link);
	for (const picture of fragment.querySelectorAll("img")) finishPicture(picture, texts);
	for (const code of fragment.querySelectorAll("pre")) code.replaceWith(codeBlock(code, texts));
	for (const table of fragment.querySelectorAll("table")) wrapTable(table, texts);
	for (const block of fragment.querySelectorAll<HTMLElement>(BLOCKS)) if (!block.dir) block.dir = "auto";
	for (const formula of fragment.querySelectorAll<HTMLElement>("[data-math]")) {
		formula.dir = "ltr";
		formula.translate = false;
	}
	return fragment;
}

function finishLink(link: HTMLAnchorElement): void {
	link.target = "_blank";
	link.rel = "noopener noreferrer nofollow";
}

function finishPicture(picture: HTMLImageElement, texts: Texts): void {
	const source = picture.getAttribute("src") ?? "";
	if (source.startsWith("data:")) return;
	const link = picture.closest("a");
	const shown =
		/^https?:/i.test(source) && URL.canParse(source) ? pictureButton(picture, texts) : picture.alt;
	if (link && shown instanceof HTMLElement) {
		link.after(shown);
		picture.replaceWith(picture.alt || link.href);
	} else picture.replaceWith(shown);
}

function codeBlock(code: HTMLPreElement, texts: Texts): HTMLElement {
	const block = new CodeBlock(texts);
	block.showText(code.textContent, code.dataset.language ?? "", true);
	return block.element;
}

/** A table wider than the page scrolls by itself, also with the keyboard. */
function wrapTable(table: HTMLTableElement, texts: Texts): void {
	const around = document.createElement("div");
	around.className = "table";
	around.tabIndex = 0;
	around.setAttribute("role", "region");
	around.setAttribute("aria-label", texts.table);
	table.replaceWith(around);
	around.append(table);
}
