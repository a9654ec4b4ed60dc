/** The `ai_progress` events as they travel; docs/protocol.md is their specification. */
export type ProgressEvent =
	StatusEvent | DeltaEvent | ToolCallEvent | SourceEvent | HeartbeatEvent | CompletionEvent | ErrorEvent;

export type FinalEvent = CompletionEvent | ErrorEvent;

interface Envelope {
	task_id: string;
	conversation_id: string;
	/** 1, 2, …; 0 while the run waits in the queue. */
	attempt: number;
	/** 1, 2, 3, … without holes within an attempt; 0 on an event that is not numbered. */
	seq: number;
	/** ISO 8601, UTC, with milliseconds. */
	timestamp: string;
	/** Milliseconds since the run was asked for. */
	t: number;
}

export type RunStatus = "queued" | "started" | "retrying" | "saved";

export interface StatusEvent extends Envelope {
	type: "status";
	status: RunStatus;
	/** Its place among the runs of this user that wait, 1 for the next; 0: it waits for none of them. */
	position?: number;
	provider?: string;
	model?: string;
	reason?: ErrorCode;
	/** Seconds until the request is sent again. */
	retry_after?: number;
	message_id?: string;
}

/** A piece of the thinking or of the answer. `offset`: UTF-16 code units before it. */
export interface DeltaEvent extends Envelope {
	type: "reasoning" | "text";
	text: string;
	offset: number;
	partial: true;
}

/** A piece of one tool call; `arguments` of the same `id` join. */
export interface ToolCallEvent extends Envelope {
	type: "tool_call";
	id: string;
	name: string;
	arguments: string;
	partial: true;
}

export interface SourceEvent extends Envelope, Source {
	type: "source";
}

/** Not numbered: `last_seq` tells what should have arrived. */
export interface HeartbeatEvent extends Envelope {
	type: "heartbeat";
	last_seq: number;
}

export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter" | "refusal" | "cancelled";

export interface CompletionEvent extends Envelope {
	type: "completion";
	text: string;
	reasoning: string;
	finish_reason: FinishReason;
	message_id: string | null;
	provider: string | null;
	model: string | null;
	usage: Usage;
	/** In the currency of the model's prices; null where they are not set. */
	cost: number | null;
	sources: Source[];
	/** From 0 to 1; null without sources. */
	context_quality: number | null;
	tool_calls: FinishedToolCall[];
	timing: Timing;
	partial: false;
	truncated?: true;
}

export type ErrorCode =
	| "rate_limit"
	| "overloaded"
	| "timeout"
	| "network"
	| "auth"
	| "quota"
	| "context_length"
	| "invalid_request"
	| "content_policy"
	| "worker_lost"
	| "cancelled_by_admin"
	| "internal";

export interface ErrorEvent extends Envelope {
	type: "error";
	/** A sentence for people. */
	error: string;
	code: ErrorCode;
	retryable: boolean;
	/** Seconds to wait before that. */
	retry_after: number | null;
	text: string;
	reasoning: string;
	message_id: string | null;
	provider: string | null;
	model: string | null;
	usage: Usage;
	timing: Timing;
	partial: false;
	truncated?: true;
}

export interface Usage {
	/** With those read from a cache. */
	input_tokens: number;
	/** With those of reasoning. */
	output_tokens: number;
	reasoning_tokens: number;
	cache_read_tokens: number;
	total_tokens: number;
	basis: "exact" | "estimated";
}

/** Milliseconds since the run was asked for, but `thinking_ms`, which is a span. */
export interface Timing {
	queued_ms: number;
	first_event_ms: number | null;
	first_text_ms: number | null;
	thinking_ms: number;
	duration_ms: number;
	tokens_per_second: number | null;
}

/** Where a statement of the answer comes from. */
export interface Source {
	id: string;
	title?: string;
	url?: string;
	excerpt?: string;
	score?: number | null;
}

/** `arguments` is JSON text. */
export interface FinishedToolCall {
	id: string;
	name: string;
	arguments: string;
}
