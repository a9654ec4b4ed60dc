import type { Lexer, Token, Tokens } from "marked";

/** What, in a text, what follows could still make a mark of. */
const OPEN = /[`[$\\]|(?:[*~<]|(?<!\w)_)(?!\s)/;

/** What stands in paragraphs, items and cells; of a block that grows only what has changed is read again. */
export class Inlines {
	private known: ReadonlyMap<string, readonly Token[]> = new Map();
	/** The last one known, which may grow. */
	private last = "";
	private links = "";

	/** Reads what a lexer has put off, as its own `lex` does. */
	read(lexer: Lexer): void {
		const links = JSON.stringify(lexer.tokens.links);
		const before = links === this.links ? this.known : new Map<string, readonly Token[]>();
		const known = new Map<string, readonly Token[]>();
		const grown = this.last;
		for (const { src, tokens } of lexer.inlineQueue) {
			const isFree = !lexer.state.inLink;
			const own = tokens.length;
			lexer.state.inRawBlock = false;
			const found = isFree ? before.get(src) : undefined;
			if (found) tokens.push(...found);
			else {
				const settled = isFree && src.startsWith(grown) ? settledOf(before.get(grown)) : [];
				const length = settled.reduce((sum, { raw }) => sum + raw.length, 0);
				tokens.push(...settled, ...lexer.inlineTokens(src.slice(length)));
			}
			if (isFree && !lexer.state.inLink) {
				known.set(src, tokens.slice(own));
				this.last = src;
			}
		}
		this.known = known;
		this.links = links;
	}
}

/** Those at the beginning that stay as they are, whatever follows the last one. */
function settledOf(tokens: readonly Token[] = []): readonly Token[] {
	let count = 0;
	for (const [index, token] of tokens.entries()) {
		if (/^\s/.test(token.raw)) count = index;
		if (!isClosed(token)) break;
	}
	return tokens.slice(0, count);
}

function isClosed(token: Token): boolean {
	if (token.type === "codespan" || token.type === "math") return true;
	const { tokens } = token as Tokens.Generic;
	if (tokens) return tokens.every(isClosed);
	return token.type === "text" && !OPEN.test(token.raw);
}
