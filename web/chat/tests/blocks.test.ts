import { expect, test } from "vitest";

import { Blocks, htmlOf } from "../src/markdown/blocks.js";
import { DOCUMENT } from "./document.js";

function shown(blocks: Blocks, text: string, isWhole: boolean): string {
	return blocks.update(text, isWhole).map(htmlOf).join("");
}

/** All prefixes at which a stream may stand. */
function prefixes(text: string): string[] {
	return Array.from(text, (_, index) => text.slice(0, index + 1));
}

test("text that grows letter by letter is at every moment what its whole would be", () => {
	const blocks = new Blocks();
	for (const prefix of prefixes(DOCUMENT)) {
		expect(shown(blocks, prefix, false), JSON.stringify(prefix.slice(-80))).toBe(
			shown(new Blocks(), prefix, false),
		);
	}
}, 30_000);

test("text that grows in pieces of any size ends as its whole", () => {
	const whole = shown(new Blocks(), DOCUMENT, true);
	for (const size of [2, 3, 7, 19, 64, 500]) {
		const blocks = new Blocks();
		for (let end = size; end < DOCUMENT.length; end += size) blocks.update(DOCUMENT.slice(0, end), false);
		expect(shown(blocks, DOCUMENT, true)).toBe(whole);
	}
});

test("a finished block stays the same object while the text goes on", () => {
	const blocks = new Blocks();
	const [first] = blocks.update("One.\n\nTwo.\n", false);
	expect(blocks.update("One.\n\nTwo.\n\nThree", false)[0]).toBe(first);
});

test("a definition at the end reaches the links before it", () => {
	const blocks = new Blocks();
	blocks.update("See [the page][1].\n\nMore.\n", false);
	expect(shown(blocks, "See [the page][1].\n\nMore.\n\n[1]: https://example.com", true)).toContain(
		'<a href="https://example.com">the page</a>',
	);
});

test("text that is replaced is read anew", () => {
	const blocks = new Blocks();
	blocks.update("One.\n\nTwo.\n\nThree.\n", false);
	expect(shown(blocks, "Another", false)).toBe("<p>Another</p>\n");
});

test("formulas keep their underscores and backslashes", () => {
	expect(shown(new Blocks(), "Let $a_1 + b_1$ and \\(x_i\\) cost $5 or $6.", true)).toBe(
		'<p>Let <var data-math="inline">a_1 + b_1</var> and <var data-math="inline">x_i</var> cost $5 or $6.</p>\n',
	);
	expect(shown(new Blocks(), "$$\n\\sum_{i}^n i\n$$\n\nNext", true)).toBe(
		'<var data-math="block">\\sum_{i}^n i</var><p>Next</p>\n',
	);
});
