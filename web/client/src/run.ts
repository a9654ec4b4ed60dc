import type { ProgressEvent } from "./events.js";
import { RequestError } from "./failure.js";
import { Listeners, type Unsubscribe } from "./listeners.js";
import type { EventPage } from "./replies.js";
import type { Site } from "./site.js";
import type { Phase, RunState } from "./states.js";
import { type Outcome, Transcript } from "./transcript.js";

/** One run as it is followed: its transcript, and the asking for what is missing. */
export class Run {
	/** The message that is being answered, once that is known. */
	answers: string | null = null;
	private conversationId: string | null = null;
	/** Whether events are known to be missing. */
	isBehind = false;
	/** Milliseconds of `performance.now()`. */
	lastEvent = performance.now();
	private readonly transcript = new Transcript();
	private readonly listeners = new Listeners<RunState>();
	private asked: number | null = null;
	private repairs = 0;
	private isLost = false;
	private late: ProgressEvent[] = [];
	private reading: Promise<number> | null = null;
	private shown: RunState | null = null;

	constructor(
		readonly taskId: string,
		private readonly site: Site,
	) {}

	get cursor(): string {
		return this.transcript.cursor;
	}

	/** Whether nothing more comes. */
	get isOver(): boolean {
		return this.transcript.final !== null || this.isLost;
	}

	get isWatched(): boolean {
		return this.listeners.size > 0;
	}

	get state(): RunState {
		this.shown ??= this.show();
		return this.shown;
	}

	subscribe(listener: (state: RunState) => void): Unsubscribe {
		return this.listeners.add(listener);
	}

	/** It is this message that is being answered. */
	answer(messageId: string): void {
		if (this.answers === messageId) return;
		this.answers = messageId;
		this.tell();
	}

	/** Takes in an event as it arrived. */
	take(event: ProgressEvent): Outcome {
		this.lastEvent = performance.now();
		const outcome = this.transcript.apply(event);
		if (outcome === "applied") {
			this.conversationId = event.conversation_id;
			this.asked ??= Date.parse(event.timestamp) - event.t;
			this.tell();
		} else if (outcome === "gap") {
			this.isBehind = true;
			if (this.reading) this.late.push(event);
		}
		return outcome;
	}

	/** Reads on from the cursor, once at a time, and tells how many events that brought. Throws RequestError. */
	readOn(): Promise<number> {
		this.reading ??= this.read().finally(() => {
			this.reading = null;
			this.late = [];
		});
		return this.reading;
	}

	/** Reads what was missed and tells whether that was anything; the first reading is no repair. Throws RequestError. */
	async repair(): Promise<boolean> {
		const isAnothers = this.reading !== null || this.cursor === "0-0";
		if ((await this.readOn()) === 0 || isAnothers) return false;
		this.repairs += 1;
		this.tell();
		return true;
	}

	private async read(): Promise<number> {
		let count = 0;
		this.lastEvent = performance.now();
		for (;;) {
			const page = await this.page();
			this.isBehind = false;
			const late = this.late;
			this.late = [];
			const outcomes = [...page.events, ...late].map((event) => this.take(event));
			const applied = outcomes.filter((outcome) => outcome === "applied").length;
			count += applied;
			if (applied === 0 || !outcomes.includes("gap")) return count;
		}
	}

	private async page(): Promise<EventPage> {
		try {
			return await this.site.get<EventPage>("get_events", { task_id: this.taskId, after: this.cursor });
		} catch (error) {
			if (error instanceof RequestError && error.status === 404) {
				this.isLost = true;
				this.tell();
			}
			throw error;
		}
	}

	private tell(): void {
		this.shown = null;
		this.listeners.tell(this.state);
	}

	private show(): RunState {
		const { transcript, asked } = this;
		const { statusEvent: status, final, reasoningSince } = transcript;
		const phase = this.isLost && !final ? "failed" : phaseOf(transcript);
		const retry = phase === "retrying" ? status : final?.type === "error" ? final : null;
		return {
			taskId: this.taskId,
			conversationId: this.conversationId,
			answers: this.answers,
			phase,
			position: phase === "queued" ? (status?.position ?? null) : null,
			retryReason: phase === "retrying" ? (status?.reason ?? null) : null,
			retryAt: retry?.retry_after ? Date.parse(retry.timestamp) + retry.retry_after * 1000 : null,
			provider: transcript.provider,
			model: transcript.model,
			reasoning: transcript.reasoning,
			text: transcript.text,
			toolCalls: transcript.toolCalls,
			sources: transcript.sources,
			askedAt: asked,
			thinkingSince: asked === null || reasoningSince === null ? null : asked + reasoningSince,
			thinkingSeconds: transcript.thinkingSeconds,
			attempt: transcript.attempt,
			cursor: transcript.cursor,
			final,
			isTruncated: transcript.isTruncated,
			isLost: this.isLost,
			repairs: this.repairs,
		};
	}
}

function phaseOf(transcript: Transcript): Phase {
	const { final, status } = transcript;
	if (final?.type === "error") return "failed";
	if (final) return final.finish_reason === "cancelled" ? "stopped" : "completed";
	if (transcript.text) return "answering";
	if (status === "retrying") return "retrying";
	if (transcript.reasoning) return "thinking";
	return status === null || status === "queued" ? "queued" : "started";
}
