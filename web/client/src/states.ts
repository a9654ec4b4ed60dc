import type { ErrorCode, FinalEvent, FinishedToolCall, Source } from "./events.js";
import type { RequestError } from "./failure.js";
import type { Conversation, StoredMessage } from "./replies.js";
import type { SendRequest } from "./requests.js";

/**
 * How events come in. `connecting`: not known yet; `socket`: Socket.IO; `stream`: server-sent events; `polling`: asked
 * for again and again; `offline`: the site cannot be reached.
 */
export type Transport = "connecting" | "socket" | "stream" | "polling" | "offline";

export interface ConnectionState {
	readonly transport: Transport;
	/** How often events were missing and were asked for. */
	readonly repairs: number;
	/** Why the site cannot be asked: code `auth` or `permission` when the session has ended. */
	readonly failure: RequestError | null;
}

export type Phase =
	"queued" | "started" | "retrying" | "thinking" | "answering" | "completed" | "stopped" | "failed";

/** What one run shows: a new object after each change. Instants are Unix milliseconds; `Client.now` tells the present. */
export interface RunState {
	readonly taskId: string;
	/** Null until its first event. */
	readonly conversationId: string | null;
	/** The message that is being answered, where it is known. */
	readonly answers: string | null;
	readonly phase: Phase;
	/** While it is queued: its place among the runs of this user that wait, 1 for the next; 0: it waits for none of them. */
	readonly position: number | null;
	/** Why the request is sent again, while it waits for that. */
	readonly retryReason: ErrorCode | null;
	/** When the request is sent again, or when a failed one may be repeated. */
	readonly retryAt: number | null;
	readonly provider: string | null;
	readonly model: string | null;
	readonly reasoning: string;
	readonly text: string;
	readonly toolCalls: readonly FinishedToolCall[];
	readonly sources: readonly Source[];
	/** When the run was asked for; null until its first event. */
	readonly askedAt: number | null;
	/** When the thinking began; null before, and after a reload that finds only the end. */
	readonly thinkingSince: number | null;
	/** How long the thinking took, once it is over. */
	readonly thinkingSeconds: number | null;
	readonly attempt: number;
	/** `<attempt>-<seq>` of the last event that was applied. */
	readonly cursor: string;
	/** The event that ended it. */
	readonly final: FinalEvent | null;
	/** The final event came without its text; the stored message may have more than is shown. */
	readonly isTruncated: boolean;
	/** The run is not there any more, or is not this user's: it counts as failed, and no more events come. */
	readonly isLost: boolean;
	/** How often events were missing and were asked for. */
	readonly repairs: number;
}

/** What is on its way to the site, or could not be sent. `request` can be sent again: it has a `request_id`. */
export interface Sending {
	readonly request: SendRequest & { request_id: string };
	readonly failure: RequestError | null;
	/** Not null once the site has it; it stays here until the messages are read again. */
	readonly messageId: string | null;
}

/** What an open conversation shows: a new object after each change; parts that stay the same stay the same object. */
export interface ConversationState {
	readonly id: string;
	/** Null until it is read, and for one in which nothing was said yet. */
	readonly conversation: Conversation | null;
	/** The chosen branch as far as it was read, oldest first. */
	readonly messages: readonly StoredMessage[];
	/**
	 * Answers that are being made, and those that are not among the messages: ended a moment ago, or without anything
	 * to keep. To be shown behind the message that they answer.
	 */
	readonly runs: readonly RunState[];
	readonly sending: readonly Sending[];
	/** Whether `messages` is what the site has, and not what a new or unread conversation begins with. */
	readonly isLoaded: boolean;
	readonly hasOlder: boolean;
	/** Why it could not be read the last time. */
	readonly failure: RequestError | null;
}

/** A run of this user began or ended, in whatever conversation and whoever asked for it. */
export interface Activity {
	readonly kind: "began" | "ended";
	readonly taskId: string;
	readonly conversationId: string;
}
