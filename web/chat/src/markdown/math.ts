import type { MarkedExtension, TokenizerAndRendererExtension } from "marked";

const INLINE = /^(?:\\\((.+?)\\\)|\$\$([^$\n]+?)\$\$|\$(?![\s$])((?:\\.|[^$\\\n])*?[^\s$\\])\$(?![\d\w]))/s;

/** On one line, or between lines of their own; one that is not closed yet reaches to the end, as a fence does. */
const BLOCK =
	/^(?:\$\$([^\n]+?)\$\$|\\\[([^\n]+?)\\\]|\$\$[ \t]*\n([\s\S]*?)(?:\$\$|$)|\\\[[ \t]*\n([\s\S]*?)(?:\\\]|$))[ \t]*(?:\n+|$)/;

/** Formulas stay readable: Markdown would take their underscores and backslashes. */
export const math: MarkedExtension = {
	extensions: [
		extension("math", "inline", INLINE, /\\\(|\$/, (source) => `<var data-math="inline">${source}</var>`),
		extension(
			"mathBlock",
			"block",
			BLOCK,
			/(?:^|\n)(?:\$\$|\\\[)/,
			(source) => `<var data-math="block">${source}</var>`,
		),
	],
};

function extension(
	name: string,
	level: "block" | "inline",
	pattern: RegExp,
	beginning: RegExp,
	render: (source: string) => string,
): TokenizerAndRendererExtension {
	return {
		name,
		level,
		start: (source) => beginning.exec(source)?.index,
		tokenizer(source) {
			const found = pattern.exec(source);
			const text = found?.slice(1).find(Boolean);
			return found && text !== undefined ? { type: name, raw: found[0], text: text.trim() } : undefined;
		},
		renderer: (token) => render(escaped(String(token.text))),
	};
}

function escaped(text: string): string {
	return text.replace(/[&<>]/g, (character) => `&#${String(character.charCodeAt(0))};`);
}
