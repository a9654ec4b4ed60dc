import type { Lexer, Token } from "marked";

/** What stands in paragraphs, items and cells; of a block that grows only what has changed is read again. */
export class Inlines {
	private known: ReadonlyMap<string, readonly Token[]> = new Map();
	private links = "";

	/** Reads what a lexer has put off, as its own `lex` does. */
	read(lexer: Lexer): void {
		const links = JSON.stringify(lexer.tokens.links);
		const before = links === this.links ? this.known : new Map<string, readonly Token[]>();
		const known = new Map<string, readonly Token[]>();
		for (const { src, tokens } of lexer.inlineQueue) {
			const isFree = !lexer.state.inLink;
			const own = tokens.length;
			const found = isFree ? before.get(src) : undefined;
			lexer.state.inRawBlock = false;
			if (found) tokens.push(...found);
			else lexer.inlineTokens(src, tokens);
			if (isFree && !lexer.state.inLink) known.set(src, tokens.slice(own));
		}
		this.known = known;
		this.links = links;
	}
}
