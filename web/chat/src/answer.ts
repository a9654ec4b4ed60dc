import type {
	Feedback,
	FinishedToolCall,
	Phase,
	RunState,
	Source,
	StoredMessage,
	Usage,
} from "@ai-assistant/client";

/** What is shown of an answer, whether it is being made or was read from the site. */
export interface Answer {
	/** The same while it is made and when it is stored. */
	readonly key: string;
	/** Null until it is stored. */
	readonly messageId: string | null;
	/** The message it answers; null where that is not known. */
	readonly answers: string | null;
	readonly phase: Phase;
	readonly text: string;
	readonly reasoning: string;
	readonly toolCalls: readonly FinishedToolCall[];
	readonly sources: readonly Source[];
	/** Its place among the runs of this user that wait, 1 for the next; 0 outside of that line. */
	readonly position: number;
	/** Instants of the site, in Unix milliseconds. */
	readonly askedAt: number | null;
	readonly thinkingSince: number | null;
	readonly retryAt: number | null;
	readonly thinkingSeconds: number | null;
	/** A sentence for people. */
	readonly error: string | null;
	readonly model: string | null;
	readonly usage: Usage | null;
	readonly cost: number | null;
	readonly firstTextMs: number | null;
	readonly siblings: readonly string[];
	readonly feedback: Feedback | null;
}

const ENDED: readonly Phase[] = ["completed", "stopped", "failed"];

export function hasEnded(answer: Answer): boolean {
	return ENDED.includes(answer.phase);
}

const known = new WeakMap<object, Answer>();

/** The same object for the same state. */
export function answerOfRun(run: RunState): Answer {
	return remembered(run, () => ({
		key: run.taskId,
		messageId: run.final?.message_id ?? null,
		answers: run.answers,
		phase: run.phase,
		text: run.text,
		reasoning: run.reasoning,
		toolCalls: run.toolCalls,
		sources: run.sources,
		position: run.position ?? 0,
		askedAt: run.askedAt,
		thinkingSince: run.thinkingSince,
		retryAt: run.retryAt,
		thinkingSeconds: run.thinkingSeconds,
		error: run.final?.type === "error" ? run.final.error : null,
		model: run.model,
		usage: run.final?.usage ?? null,
		cost: run.final?.type === "completion" ? run.final.cost : null,
		firstTextMs: run.final?.timing.first_text_ms ?? null,
		siblings: [],
		feedback: null,
	}));
}

/** The same object for the same message. */
export function answerOfMessage(message: StoredMessage): Answer {
	return remembered(message, () => ({
		key: message.task_id ?? message.id,
		messageId: message.id,
		answers: message.parent,
		phase: message.error ? "failed" : message.finish_reason === "cancelled" ? "stopped" : "completed",
		text: message.content,
		reasoning: message.reasoning,
		toolCalls: message.tool_calls,
		sources: message.sources,
		position: 0,
		askedAt: null,
		thinkingSince: null,
		retryAt: null,
		thinkingSeconds: message.timing && message.timing.thinking_ms / 1_000,
		error: message.error,
		model: message.model,
		usage: message.usage,
		cost: message.cost,
		firstTextMs: message.timing?.first_text_ms ?? null,
		siblings: message.siblings,
		feedback: message.feedback,
	}));
}

function remembered(origin: object, make: () => Answer): Answer {
	const answer = known.get(origin) ?? make();
	known.set(origin, answer);
	return answer;
}
