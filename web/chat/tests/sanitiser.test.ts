// @vitest-environment jsdom
import { expect, test } from "vitest";

import { Blocks, htmlOf } from "../src/markdown/blocks.js";
import { finish } from "../src/markdown/finishing.js";
import { sanitised } from "../src/markdown/sanitiser.js";
import { en } from "../src/texts/en.js";
import { ATTACKS } from "./attacks.js";

function shown(markdown: string): HTMLElement {
	const page = document.createElement("div");
	const html = new Blocks().update(markdown, true).map(htmlOf).join("");
	page.append(finish(sanitised(html), en));
	return page;
}

test.each(ATTACKS)("nothing of %s can run or fetch", (attack) => {
	const page = shown(attack);
	for (const element of page.querySelectorAll("*:not(.icon, .icon *)")) {
		expect(element.tagName).not.toMatch(
			/script|style|iframe|object|embed|svg|math|form|input|link|meta|base|video|audio/i,
		);
		for (const { name, value } of element.attributes) {
			expect(name).not.toMatch(/^on|^style$|^srcset$|^id$|^name$|^background$|^ping$/);
			if (name === "href") expect(value).toMatch(/^(https?|mailto):/i);
			if (name === "src") expect(value).toMatch(/^data:image\//);
		}
	}
});

test("links open beside the page and tell nothing of it", () => {
	const link = shown("[one](https://example.com)").querySelector("a");
	expect([link?.target, link?.rel]).toEqual(["_blank", "noopener noreferrer nofollow"]);
});

test("a picture from elsewhere waits for a click", () => {
	const page = shown("![A cat](https://pictures.example.com/cat.png)");
	expect(page.querySelector("img")).toBeNull();
	const button = page.querySelector<HTMLButtonElement>("button.picture");
	expect(button?.textContent).toBe("Open picture from pictures.example.com: A cat");
	button?.click();
	expect(page.querySelector("img")?.src).toBe("https://pictures.example.com/cat.png");
});

test("tables keep how their columns are aligned, and formulas what they are", () => {
	const page = shown("| a | b |\n| --- | ---: |\n| 1 | 2 |\n\n$$x$$");
	expect(page.querySelector("td:last-child")?.getAttribute("align")).toBe("right");
	expect(page.querySelector("var")?.dataset.math).toBe("block");
});

test("code keeps its language", () => {
	const page = shown("- in a list\n\n  ```Python title=x\n  a < b\n  ```");
	expect(page.querySelector("figcaption span")?.textContent).toBe("python");
	expect(page.querySelector("pre")?.textContent).toBe("a < b");
});

test("each block finds its own direction", () => {
	const page = shown("One.\n\n- عربي\n\n> three");
	expect(
		[...page.querySelectorAll("p, li, blockquote")].every((block) => (block as HTMLElement).dir === "auto"),
	).toBe(true);
});
