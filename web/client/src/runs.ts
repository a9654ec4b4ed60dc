import type { ServerClock } from "./clock.js";
import type { ProgressEvent } from "./events.js";
import { RequestError } from "./failure.js";
import { Listeners } from "./listeners.js";
import { Run } from "./run.js";
import type { Site } from "./site.js";

/** Milliseconds without an event after which a run is asked for: heartbeats come more often. */
const SILENCE = 30_000;

/** The runs that somebody wants to see, and what is done with every event that arrives. */
export class Runs {
	/** Told when another run is followed. */
	readonly followed = new Listeners<Run>();
	/** Told when missing events have been read. */
	readonly repaired = new Listeners<void>();
	private readonly all = new Map<string, Run>();
	private starting = 0;
	private early: ProgressEvent[] = [];

	constructor(
		private readonly site: Site,
		private readonly clock: ServerClock,
	) {}

	/** Those that have not ended. */
	get active(): Run[] {
		return [...this.all.values()].filter((run) => !run.isOver);
	}

	has(taskId: string): boolean {
		return this.all.has(taskId);
	}

	/** The run, followed from now on if it was not. */
	follow(taskId: string): Run {
		const known = this.all.get(taskId);
		if (known) return known;
		for (const [id, run] of this.all) if (run.isOver && !run.isWatched) this.all.delete(id);
		const run = new Run(taskId, this.site);
		this.all.set(taskId, run);
		for (const event of this.early) if (event.task_id === taskId) run.take(event);
		this.followed.tell(run);
		return run;
	}

	/** Does what starts a run and follows it; its events may arrive before the reply does. */
	async expecting<T>(start: () => Promise<T>): Promise<T> {
		this.starting += 1;
		try {
			return await start();
		} finally {
			this.starting -= 1;
			if (this.starting === 0) this.early = [];
		}
	}

	receive(event: ProgressEvent): void {
		this.clock.learn(Date.parse(event.timestamp));
		const run = this.all.get(event.task_id);
		if (run?.take(event) === "gap") void this.repair(run);
		else if (!run && this.starting > 0) this.early.push(event);
	}

	/** Reads what each active run may have missed. */
	async repairAll(): Promise<void> {
		await Promise.all(this.active.map((run) => this.repair(run)));
	}

	/** Reads what is known to be missing, and what a silent run may have missed. Called now and then. */
	check(): void {
		const since = performance.now() - SILENCE;
		for (const run of this.active) if (run.isBehind || run.lastEvent < since) void this.repair(run);
	}

	/** Reads what the run lacks; what fails now is tried again by `check`. */
	async repair(run: Run): Promise<void> {
		try {
			if (await run.repair()) this.repaired.tell();
		} catch (error) {
			if (!(error instanceof RequestError)) throw error;
		}
	}
}
