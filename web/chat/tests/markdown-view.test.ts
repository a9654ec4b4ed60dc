// @vitest-environment jsdom
import { expect, test } from "vitest";

import { Blocks } from "../src/markdown/blocks.js";
import { MarkdownView } from "../src/markdown/markdown-view.js";
import { en } from "../src/texts/en.js";
import { DOCUMENT } from "./document.js";

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

test.each([
	["table", "tbody tr", "| a | b |\n| --- | --- |\n", "| One | *two* |\n"],
	["list", "li", "", "- One *two*\n"],
])("of a %s that grows all but the last pieces stay the same", (_, selector, beginning, piece) => {
	const page = document.createElement("div");
	const view = new MarkdownView(page, en);
	show(view, beginning + piece.repeat(50));
	const before = [...page.querySelectorAll(selector)];
	for (let end = 1; end <= piece.length; end++) {
		show(view, beginning + piece.repeat(50) + piece.slice(0, end));
	}
	const after = [...page.querySelectorAll(selector)];
	expect(after).toHaveLength(51);
	expect(after.filter((element) => before.includes(element)).length).toBeGreaterThanOrEqual(48);
	expect(after.slice(0, 48)).toEqual(before.slice(0, 48));
});

test("of a paragraph that grows all but the end stays the same", () => {
	const page = document.createElement("div");
	const view = new MarkdownView(page, en);
	const words = "One **day** of `leave` is *earned*, ";
	for (const times of [49, 50]) show(view, words.repeat(times));
	const before = [...(page.querySelector("p")?.childNodes ?? [])];
	for (let end = 1; end <= words.length; end++) show(view, words.repeat(50) + words.slice(0, end));
	const after = [...(page.querySelector("p")?.childNodes ?? [])];
	expect(after).toHaveLength(51 * 6 + 1);
	expect(after.filter((node) => before.includes(node)).length).toBeGreaterThan(48 * 6);
});

const MARKS = "* _ ` ~~ [ ](a) <b> <div> $ \\".split(" ");

test.each(MARKS)("a paragraph with %s in it looks at every moment as its whole", (first) => {
	for (const second of MARKS) {
		const grown = document.createElement("div");
		const view = new MarkdownView(grown, en);
		let text = "";
		for (const words of ["One **day** ", `${first}of `, "`leave` is ", `*earned${second}* each`]) {
			const whole = document.createElement("div");
			show(view, (text += words));
			show(new MarkdownView(whole, en), text);
			expect(grown.innerHTML).toBe(whole.innerHTML);
		}
	}
});

test("of a block that grows only what has changed is read again", () => {
	const blocks = new Blocks();
	const rows = "| One | *two* |\n".repeat(50);
	const cells = (text: string): unknown[] =>
		blocks
			.update(`| a | b |\n| --- | --- |\n${text}`, false)
			.flatMap((token) => ("rows" in token ? (token.rows as { tokens: unknown[] }[][]).flat() : []))
			.flatMap((cell) => cell.tokens);
	const before = new Set(cells(rows));
	const after = cells(`${rows}| Three`);
	expect(after.filter((token) => !before.has(token))).toHaveLength(1);
});

test("a text that grew in pieces looks as its whole", () => {
	const grown = document.createElement("div");
	const whole = document.createElement("div");
	const view = new MarkdownView(grown, en);
	for (let end = 0; end < DOCUMENT.length; end += 7) show(view, DOCUMENT.slice(0, end));
	show(view, DOCUMENT, true);
	show(new MarkdownView(whole, en), DOCUMENT, true);
	const seen = ({ innerHTML }: HTMLElement): string => innerHTML.replace(/\n(?=<)/g, "");
	expect(seen(grown)).toBe(seen(whole));
});
