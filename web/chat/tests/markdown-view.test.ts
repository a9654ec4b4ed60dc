// @vitest-environment jsdom
import { expect, test } from "vitest";

import { MarkdownView } from "../src/markdown/markdown-view.js";
import { en } from "../src/texts/en.js";

function show(view: MarkdownView, text: string, isWhole = false): void {
	view.take(text, isWhole);
	while (!view.paint(Infinity));
}

test("what cannot be set is shown as it is written, and what follows is set again", () => {
	const page = document.createElement("div");
	const view = new MarkdownView(page, en);
	show(view, "*One*");
	const quotes = `${">".repeat(5_000)} *two*`;
	show(view, quotes, true);
	expect(page.textContent).toBe(quotes);
	show(view, "*Three*", true);
	expect(page.innerHTML).toContain("<em>Three</em>");
	expect(page.textContent.trim()).toBe("Three");
});
