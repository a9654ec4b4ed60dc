import { afterEach, beforeEach, expect, test } from "vitest";

import { ServerClock } from "../src/clock.js";
import type { CompletionEvent, DeltaEvent, ProgressEvent, StatusEvent } from "../src/index.js";
import { Runs } from "../src/runs.js";
import { Site } from "../src/site.js";
import { Journal } from "./journal.js";

let journal: Journal;
let runs: Runs;
let repairs: number;

beforeEach(async () => {
	journal = new Journal();
	const clock = new ServerClock();
	runs = new Runs(new Site({ url: await journal.start() }, clock), clock);
	repairs = 0;
	runs.repaired.add(() => {
		repairs += 1;
	});
});

afterEach(() => journal.stop());

const words = ["one ", "two ", "three ", "four ", "five ", "six "];

function envelope(attempt: number, seq: number) {
	const timestamp = "2026-03-01T09:00:00.000Z";
	return { task_id: "r", conversation_id: "7", attempt, seq, timestamp, t: seq * 10 };
}

const queued: StatusEvent = { ...envelope(0, 1), type: "status", status: "queued", position: 0 };

/** The word as its event in the first attempt, counted from 0. */
function said(index: number, attempt = 1): DeltaEvent {
	const text = words[index] ?? "";
	const offset = words.slice(0, index).join("").length;
	return { ...envelope(attempt, index + 1), type: "text", text, offset, partial: true };
}

function completed(seq: number): CompletionEvent {
	const usage = {
		input_tokens: 0,
		output_tokens: 0,
		reasoning_tokens: 0,
		cache_read_tokens: 0,
		total_tokens: 0,
		basis: "exact" as const,
	};
	const timing = {
		queued_ms: 0,
		first_event_ms: 0,
		first_text_ms: 0,
		thinking_ms: 0,
		duration_ms: 0,
		tokens_per_second: null,
	};
	return {
		...envelope(1, seq),
		type: "completion",
		text: words.join(""),
		reasoning: "",
		finish_reason: "stop",
		message_id: "m",
		provider: "p",
		model: "m",
		usage,
		cost: null,
		sources: [],
		context_quality: null,
		tool_calls: [],
		timing,
		partial: false,
	};
}

function publish(...events: ProgressEvent[]): void {
	journal.events.push(...events);
	for (const event of events) runs.receive(event);
}

function lose(...events: ProgressEvent[]): void {
	journal.events.push(...events);
}

/** All that the run shows until it has so many words. */
function until(count: number): Promise<string[]> {
	const run = runs.follow("r");
	const shown = [run.state.text];
	return new Promise((resolve) => {
		const look = (text: string): void => {
			shown.push(text);
			if (text.split(" ").length > count) resolve(shown);
		};
		look(run.state.text);
		run.subscribe((state) => {
			look(state.text);
		});
	});
}

/** Each is the beginning of the answer, and none is shorter than the one before. */
function expectGrowth(shown: string[]): void {
	for (const [index, text] of shown.entries()) {
		expect(words.join("").startsWith(text)).toBe(true);
		expect(text.length).toBeGreaterThanOrEqual(shown[index - 1]?.length ?? 0);
	}
}

test("what arrives twice is shown once", () => {
	const run = runs.follow("r");
	publish(queued, said(0), said(1));
	for (const event of [...journal.events].reverse()) runs.receive(event);
	expect(run.state.text).toBe("one two ");
	expect(journal.asked).toBe(0);
});

test("a gap is read from the site, once, and counted", async () => {
	const shown = until(5);
	publish(queued, said(0));
	lose(said(1), said(2));
	publish(said(3), said(4));
	expectGrowth(await shown);
	await expect.poll(() => repairs).toBe(1);
	expect(journal.asked).toBe(1);
	expect(runs.follow("r").state.repairs).toBe(1);
});

test("what arrives while a gap is read is not lost", async () => {
	const shown = until(6);
	publish(queued, said(0));
	lose(said(1));
	journal.meanwhile = () => {
		journal.meanwhile = () => undefined;
		publish(said(3), said(4));
		lose(said(5));
		runs.receive(completed(7));
	};
	publish(said(2));
	expectGrowth(await shown);
	await expect.poll(() => journal.asked).toBe(2);
});

test("a heartbeat tells of what is missing", async () => {
	const shown = until(2);
	publish(queued, said(0));
	lose(said(1));
	runs.receive({ ...envelope(1, 0), type: "heartbeat", last_seq: 2 });
	expectGrowth(await shown);
});

test("the first reading of a run that was joined is no repair", async () => {
	lose(queued, said(0), said(1));
	const shown = until(3);
	publish(said(2));
	expectGrowth(await shown);
	await expect.poll(() => journal.asked).toBe(1);
	expect(repairs).toBe(0);
});

test("events that arrive before the reply that names their run are not asked for", async () => {
	await runs.expecting(() => {
		publish(queued, said(0));
		runs.follow("r");
		return Promise.resolve();
	});
	expect(runs.follow("r").state.text).toBe("one ");
	expect(journal.asked).toBe(0);
});

test("what could not be read is read later", async () => {
	const run = runs.follow("r");
	publish(queued);
	journal.isAway = true;
	lose(said(0));
	publish(said(1));
	await expect.poll(() => journal.asked).toBe(1);
	await runs.repair(run);
	expect(run.state.text).toBe("");
	journal.isAway = false;
	runs.check();
	await expect.poll(() => run.state.text).toBe("one two ");
	expect(repairs).toBe(1);
});

test("a run that is not there is given up", async () => {
	journal.isMissing = true;
	const run = runs.follow("r");
	await runs.repair(run);
	expect(run.state.isLost).toBe(true);
	expect(runs.active).toEqual([]);
});

test("a state is a new object after a change, and the same one without", () => {
	const run = runs.follow("r");
	publish(queued);
	const before = run.state;
	expect(run.state).toBe(before);
	publish(said(0));
	expect(run.state).not.toBe(before);
	expect(before.text).toBe("");
});

test("a run that had ended before it was known what it answers tells that too", () => {
	const run = runs.follow("r");
	publish(queued, completed(1));
	const told: (string | null)[] = [];
	run.subscribe((state) => told.push(state.answers));
	for (let times = 0; times < 2; times++) run.answer("a");
	expect(told).toEqual(["a"]);
	expect(run.state.answers).toBe("a");
});
