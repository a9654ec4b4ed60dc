import type { Token, Tokens } from "marked";

import type { Texts } from "../texts/texts.js";
import type { Block } from "./block.js";
import { htmlOf } from "./blocks.js";
import { finish } from "./finishing.js";
import { sanitised } from "./sanitiser.js";

/** A list, of which only the items that changed are made anew. */
export class ListBlock implements Block {
	readonly element = document.createElement("div");
	private list: Element = this.element;
	private beginning = "";
	private items: string[] = [];

	constructor(private readonly texts: Texts) {
		this.element.className = "block";
	}

	show(token: Token): boolean {
		if (token.type !== "list") return false;
		const list = token as Tokens.List;
		const beginning = `${list.ordered} ${list.start} ${list.loose}`;
		if (beginning === this.beginning) this.change(list);
		else this.begin(list);
		this.beginning = beginning;
		this.items = list.items.map((item) => item.raw);
		return true;
	}

	private begin(list: Tokens.List): void {
		this.element.replaceChildren(this.made(list));
		this.list = this.element.firstElementChild ?? this.element;
	}

	private change(list: Tokens.List): void {
		list.items.forEach((item, index) => {
			if (this.items[index] !== item.raw) this.showItem({ ...list, items: [item] }, index);
		});
		while (this.list.children.length > list.items.length) this.list.lastElementChild?.remove();
	}

	/** `list` has that item alone. */
	private showItem(list: Tokens.List, index: number): void {
		const item = this.made(list).querySelector("li") ?? "";
		const before = this.list.children[index];
		if (before) before.replaceWith(item);
		else this.list.append(item);
	}

	private made(list: Tokens.List): DocumentFragment {
		return finish(sanitised(htmlOf(list)), this.texts);
	}
}
