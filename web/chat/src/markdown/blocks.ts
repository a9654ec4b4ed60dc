import { Lexer, Marked, type Token } from "marked";

import { Inlines } from "./inlines.js";
import { math } from "./math.js";

const marked = new Marked(
	{
		renderer: {
			checkbox: ({ checked }) => (checked ? "☑ " : "☐ "),
			code: ({ text, lang }) =>
				`<pre data-language="${escaped(languageOf(lang))}"><code>${escaped(text)}</code></pre>`,
		},
	},
	math,
);

type Links = Lexer["tokens"]["links"];

/** Markdown that grows at its end, cut into top-level blocks; only what may still change is read again. */
export class Blocks {
	private source = "";
	private settled: Token[] = [];
	private settledLength = 0;
	private readonly inlines = new Inlines();
	private links: Links = Object.create(null) as Links;

	/** The blocks of `text`. With `isWhole`, definitions at the end reach the blocks before them. */
	update(text: string, isWhole: boolean): readonly Token[] {
		const source = text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
		if (!source.startsWith(this.source)) this.forget();
		this.source = source;
		const [tokens, links] = this.read();
		const stable = isWhole ? tokens.length : settledCount(tokens);
		const defined = tokens.slice(0, stable).some((token) => token.type === "def");
		if (defined && this.learn(links)) return this.update(text, isWhole);
		if (!isWhole) this.settle(tokens.splice(0, stable));
		return [...this.settled, ...tokens].filter((token) => token.type !== "space" && token.type !== "def");
	}

	private read(): [Token[], Links] {
		const lexer = new Lexer(marked.defaults);
		Object.assign(lexer.tokens.links, this.links);
		const tokens = lexer.blockTokens(this.source.slice(this.settledLength), lexer.tokens);
		this.inlines.read(lexer);
		return [[...tokens], lexer.tokens.links];
	}

	private settle(tokens: Token[]): void {
		this.settled.push(...tokens);
		this.settledLength += lengthOf(tokens);
	}

	/** Whether there is a definition that the blocks before it were read without; then they are forgotten. */
	private learn(links: Links): boolean {
		const isNew = Object.keys(links).some((tag) => !(tag in this.links));
		if (isNew) {
			this.forget();
			Object.assign(this.links, links);
		}
		return isNew;
	}

	private forget(): void {
		this.settled = [];
		this.settledLength = 0;
		this.links = Object.create(null) as Links;
	}
}

/** The HTML of a block, not sanitised. */
export function htmlOf(token: Token): string {
	return marked.parser([token]);
}

/** The first word behind the fence, such as `python`; "" without one. */
export function languageOf(info: string | undefined): string {
	return info?.trim().split(/\s/, 1)[0]?.toLowerCase() ?? "";
}

/**
 * How many blocks no longer change, whatever follows: those before the last one whose first line is complete. An
 * incomplete line does not tell yet whether it goes on with the list before it.
 */
function settledCount(tokens: readonly Token[]): number {
	let hasLine = false;
	for (let index = tokens.length - 1; index > 0; index--) {
		const token = tokens[index];
		hasLine ||= token?.raw.includes("\n") ?? false;
		if (hasLine && token?.type !== "space") return index;
	}
	return 0;
}

function lengthOf(tokens: readonly Token[]): number {
	return tokens.reduce((length, token) => length + token.raw.length, 0);
}

function escaped(text: string): string {
	return text.replace(/[&<>"]/g, (character) => `&#${String(character.charCodeAt(0))};`);
}
