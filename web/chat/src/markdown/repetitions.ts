import type { Tokens } from "marked";

/** What a block of Markdown repeats. */
export interface Repetition<T> {
	readonly type: string;
	/** Selects the element that holds the pieces. */
	readonly holder: string;
	/** What all pieces depend on. */
	beginning(block: T): string;
	/** One text for each, the same only if it looks the same. */
	pieces(block: T): string[];
	/** The block with that piece alone. */
	only(block: T, index: number): T;
}

export const items: Repetition<Tokens.List> = {
	type: "list",
	holder: "ol, ul",
	beginning: ({ ordered, start, loose }) => `${ordered} ${start} ${loose}`,
	pieces: (list) => list.items.map((item) => item.raw),
	only: (list, index) => ({ ...list, items: list.items.slice(index, index + 1) }),
};

export const rows: Repetition<Tokens.Table> = {
	type: "table",
	holder: "tbody",
	beginning: ({ header, align }) => JSON.stringify([textOf(header), align]),
	pieces: (table) => table.rows.map(textOf),
	only: (table, index) => ({ ...table, rows: table.rows.slice(index, index + 1) }),
};

function textOf(cells: readonly Tokens.TableCell[]): string {
	return JSON.stringify(cells.map((cell) => cell.text));
}
