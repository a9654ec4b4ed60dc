import { readServerSent } from "./event_stream.js";
import type { ProgressEvent } from "./events.js";
import { RequestError } from "./failure.js";
import { pause, pauseAfter } from "./patience.js";
import type { Run } from "./run.js";
import type { Runs } from "./runs.js";
import type { Site } from "./site.js";

/** Streams at once: a browser opens six connections to a host that speaks HTTP/1.1. */
const STREAMS = 3;

/** Milliseconds for the first byte of a stream, which a site sends at once, and for each later one. */
const FIRST = 4_000;
const QUIET = 12_000;

/** Milliseconds for which no stream is tried after one was refused. */
const REFUSED = 30_000;

/** Milliseconds between two questions, while events come and while none do. */
const BUSY = 300;
const IDLE = 1_000;

/** Follows the active runs without a socket: by server-sent events, and where these do not get through by asking. */
export class Fallback {
	private readonly followers = new Map<Run, AbortController>();
	private streams = 0;
	private streamsFrom = 0;
	private isOn = false;

	constructor(
		private readonly site: Site,
		private readonly runs: Runs,
		private readonly receive: (event: ProgressEvent) => void,
		private readonly report: (transport: "stream" | "polling" | "offline") => void,
	) {
		runs.followed.add((run) => {
			if (this.isOn) this.follow(run);
		});
	}

	start(): void {
		this.isOn = true;
		this.streamsFrom = 0;
		for (const run of this.runs.active) this.follow(run);
	}

	stop(): void {
		this.isOn = false;
		for (const follower of this.followers.values()) follower.abort();
		this.followers.clear();
	}

	/** Asks at once, whatever is waited for. */
	wake(): void {
		if (!this.isOn) return;
		this.stop();
		this.start();
	}

	private follow(run: Run): void {
		if (this.followers.has(run)) return;
		const follower = new AbortController();
		this.followers.set(run, follower);
		void this.untilOver(run, follower.signal).finally(() => {
			if (this.followers.get(run) === follower) this.followers.delete(run);
		});
	}

	private async untilOver(run: Run, signal: AbortSignal): Promise<void> {
		let failures = 0;
		while (!run.isOver && !signal.aborted) {
			if (await this.stream(run, signal)) continue;
			const count = await this.ask(run, signal);
			failures = count === null ? failures + 1 : 0;
			await pause(count === null ? pauseAfter(failures) : count ? BUSY : IDLE, signal);
		}
	}

	/** How many events came; null if the site could not be asked. */
	private async ask(run: Run, signal: AbortSignal): Promise<number | null> {
		try {
			const count = await run.readOn();
			if (!signal.aborted) this.report("polling");
			return count;
		} catch (error) {
			if (!(error instanceof RequestError)) throw error;
			this.streamsFrom = 0;
			if (!signal.aborted) this.report("offline");
			return null;
		}
	}

	/** Whether a stream brought anything, as long as it lasted. */
	private async stream(run: Run, signal: AbortSignal): Promise<boolean> {
		if (performance.now() < this.streamsFrom || this.streams >= STREAMS) return false;
		const stream = new Stream(this.site, run, signal);
		this.streams += 1;
		try {
			await stream.read((events) => {
				if (signal.aborted) return;
				this.report("stream");
				events.forEach(this.receive);
			});
		} catch {
			if (!stream.isOpen) this.streamsFrom = performance.now() + REFUSED;
		} finally {
			this.streams -= 1;
		}
		return signal.aborted || stream.hasBrought;
	}
}

/** One `stream_events`, given up when it is silent for too long. */
class Stream {
	isOpen = false;
	hasBrought = false;
	private readonly abort = new AbortController();
	private timer: ReturnType<typeof setTimeout> | undefined;

	constructor(
		private readonly site: Site,
		private readonly run: Run,
		private readonly signal: AbortSignal,
	) {}

	async read(receive: (events: ProgressEvent[]) => void): Promise<void> {
		this.signal.addEventListener("abort", this.end);
		this.wait(FIRST);
		try {
			const asked = { task_id: this.run.taskId, after: this.run.cursor };
			const { body } = await this.site.stream("stream_events", asked, this.abort.signal);
			if (!body) return;
			await readServerSent(body, (pieces) => {
				this.wait(QUIET);
				this.isOpen = true;
				this.hasBrought ||= pieces.length > 0;
				receive(pieces.map((piece) => JSON.parse(piece) as ProgressEvent));
				return !this.run.isOver;
			});
		} finally {
			clearTimeout(this.timer);
			this.signal.removeEventListener("abort", this.end);
			this.end();
		}
	}

	private wait(duration: number): void {
		clearTimeout(this.timer);
		this.timer = setTimeout(this.end, duration);
	}

	private readonly end = (): void => {
		this.abort.abort();
	};
}
