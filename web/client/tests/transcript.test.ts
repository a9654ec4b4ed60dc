import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

import { type ProgressEvent, Transcript } from "../src/index.js";

/** The very files that the Python reference is tested with. */
const folder = new URL("../../../tests/fixtures/transcripts/", import.meta.url);

interface Golden {
	name: string;
	events: ProgressEvent[];
	expected: Record<string, unknown>;
}

/** All that a client sees of it. */
function shown(transcript: Transcript): Record<string, unknown> {
	return {
		cursor: transcript.cursor,
		status: transcript.status,
		provider: transcript.provider,
		model: transcript.model,
		reasoning: transcript.reasoning,
		text: transcript.text,
		tool_calls: transcript.toolCalls,
		sources: transcript.sources,
		thinking_seconds: transcript.thinkingSeconds,
		is_truncated: transcript.isTruncated,
		final: transcript.final?.type ?? null,
	};
}

const files = readdirSync(folder).filter((file) => file.endsWith(".json"));

test.each(files)("%s is folded as it says", (file) => {
	const golden = JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Golden;
	const transcript = new Transcript();
	const outcomes = golden.events.map((event) => transcript.apply(event));
	expect({ outcomes, ...shown(transcript) }).toEqual(golden.expected);
});
