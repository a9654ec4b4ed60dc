import { expect, test } from "vitest";

import { readServerSent } from "../src/event_stream.js";

const stream = new TextEncoder().encode(
	': events follow\n\nid: 1-2\nevent: ai_progress\ndata: {"text":"né 😀"}\n\n:\n\nid: 1-3\nevent: ai_progress\ndata: {"text":"two"}\n\n',
);

async function pieces(...cuts: number[]): Promise<string[][]> {
	const ends = [...cuts, stream.length];
	const body = new ReadableStream<Uint8Array>({
		start(controller) {
			ends.forEach((end, index) => {
				controller.enqueue(stream.slice(ends[index - 1] ?? 0, end));
			});
			controller.close();
		},
	});
	const found: string[][] = [];
	await readServerSent(body, (piece) => found.push(piece) > 0);
	return found;
}

test("data is the same wherever the stream is cut", async () => {
	for (let cut = 1; cut < stream.length; cut++) {
		expect((await pieces(cut)).flat()).toEqual(['{"text":"né 😀"}', '{"text":"two"}']);
	}
});

test("a comment is a sign of life without data", async () => {
	expect((await pieces(17))[0]).toEqual([]);
});
