import type {
	DeltaEvent,
	FinalEvent,
	FinishedToolCall,
	ProgressEvent,
	RunStatus,
	Source,
	StatusEvent,
} from "./events.js";

/** `ignored`: already seen, or of an older attempt. `gap`: not applied, ask for the events after `cursor` first. */
export type Outcome = "applied" | "ignored" | "gap";

/** Takes a run's events in any order, repeated or with some missing, and never shows anything wrong. */
export class Transcript {
	attempt = 0;
	seq = 0;
	final: FinalEvent | null = null;
	/** The final event came without its text; what was folded before may lack the end. */
	isTruncated = false;
	/** The last event of type `status` that was applied. */
	statusEvent: StatusEvent | null = null;
	provider: string | null = null;
	model: string | null = null;
	reasoning = "";
	text = "";
	/** `t` of the first reasoning and of the first text. */
	reasoningSince: number | null = null;
	textSince: number | null = null;
	sources: Source[] = [];
	toolCalls: FinishedToolCall[] = [];

	get status(): RunStatus | null {
		return this.statusEvent?.status ?? null;
	}

	get cursor(): string {
		return `${this.attempt}-${this.seq}`;
	}

	/** From the first reasoning to the first text, as the final event measured it once there is one. */
	get thinkingSeconds(): number | null {
		const measured = this.final?.timing.thinking_ms;
		if (measured) return measured / 1000;
		if (this.reasoningSince === null || this.textSince === null) return null;
		return (this.textSince - this.reasoningSince) / 1000;
	}

	/** Folds one event in, if it is the next one. Nothing changes any more after a final event. */
	apply(event: ProgressEvent): Outcome {
		if (this.final || (event.attempt < this.attempt && !isFromStore(event))) return "ignored";
		const following = event.attempt === this.attempt ? this.seq + 1 : 1;
		if (event.type === "heartbeat") return event.last_seq >= following ? "gap" : "ignored";
		if (event.seq < following && !isFinal(event)) return "ignored";
		if (event.seq > following || this.isBeyond(event)) return "gap";
		if (event.attempt > this.attempt && !isTruncated(event)) this.begin();
		this.attempt = event.attempt;
		this.seq = event.seq;
		this.fold(event);
		return "applied";
	}

	private begin(): void {
		this.statusEvent = this.provider = this.model = null;
		this.reasoning = this.text = "";
		this.reasoningSince = this.textSince = null;
		this.sources = [];
		this.toolCalls = [];
	}

	/** Whether text is missing before a delta. */
	private isBeyond(event: ProgressEvent): boolean {
		if (event.type !== "reasoning" && event.type !== "text") return false;
		return event.offset > (event.attempt === this.attempt ? this[event.type].length : 0);
	}

	private fold(event: ProgressEvent): void {
		switch (event.type) {
			case "reasoning":
				this.reasoningSince ??= event.t;
				this.append(event);
				break;
			case "text":
				this.textSince ??= event.t;
				this.append(event);
				break;
			case "tool_call":
				this.addCall(event);
				break;
			case "source":
				this.sources = [...this.sources, sourceOf(event)];
				break;
			case "status":
				this.statusEvent = event;
				this.name(event);
				break;
			case "completion":
			case "error":
				this.end(event);
		}
	}

	/** What is new of a text that begins at `offset`. */
	private append({ type, text, offset }: DeltaEvent): void {
		this[type] += text.slice(this[type].length - offset);
	}

	private addCall({ id, name, arguments: piece }: FinishedToolCall): void {
		const known = this.toolCalls.find((call) => call.id === id);
		if (!known) this.toolCalls = [...this.toolCalls, { id, name, arguments: piece }];
		else {
			const grown = { id, name: known.name || name, arguments: known.arguments + piece };
			this.toolCalls = this.toolCalls.map((call) => (call === known ? grown : call));
		}
	}

	private name({ provider, model }: { provider?: string | null; model?: string | null }): void {
		this.provider = provider ?? this.provider;
		this.model = model ?? this.model;
	}

	private end(event: FinalEvent): void {
		this.final = event;
		this.name(event);
		this.isTruncated = isTruncated(event);
		if (this.isTruncated) return;
		this.reasoning = event.reasoning;
		this.text = event.text;
		if (event.type === "completion") {
			this.sources = event.sources.map(sourceOf);
			this.toolCalls = [];
			for (const call of event.tool_calls) this.addCall(call);
		}
	}
}

export function isFinal(event: ProgressEvent): event is FinalEvent {
	return event.type === "completion" || event.type === "error";
}

/** Whether it was made from the stored answer, whatever attempt the events had come to. */
function isFromStore(event: ProgressEvent): boolean {
	return isFinal(event) && event.seq === 0;
}

function isTruncated(event: ProgressEvent): boolean {
	return isFinal(event) && event.truncated === true;
}

function sourceOf({ id, title = "", url = "", excerpt = "", score = null }: Source): Required<Source> {
	return { id, title, url, excerpt, score };
}
