/** Hands on the data of server-sent events, in one list for each piece that arrives (an empty one is a sign of life too),
 * while `receive` says true. No generator: the esbuild of a Frappe bench does not know asynchronous ones. */
export async function readServerSent(
	body: ReadableStream<Uint8Array>,
	receive: (data: string[]) => boolean,
): Promise<void> {
	const reader = body.getReader();
	const decoder = new TextDecoder();
	let rest = "";
	try {
		for (;;) {
			const { done, value } = await reader.read();
			if (done) return;
			const blocks = (rest + decoder.decode(value, { stream: true })).split("\n\n");
			rest = blocks.pop() ?? "";
			if (!receive(blocks.map(dataOf).filter(Boolean))) return;
		}
	} finally {
		reader.releaseLock();
	}
}

function dataOf(block: string): string {
	const lines = block.split("\n").filter((line) => line.startsWith("data:"));
	return lines.map((line) => line.replace(/^data: ?/, "")).join("\n");
}
