import type { FinishReason, FinishedToolCall, ProgressEvent, Source, Timing, Usage } from "./events.js";

/** What the methods answer, as it travels. Times are Unix seconds. */
export interface StartedRun {
	success: true;
	task_id: string;
	conversation_id: string;
	/** The user's message. */
	message_id: string;
	status: string;
}

export interface StopReply {
	success: true;
	task_id: string;
	/** `queued` or `running` when the run was asked to stop, else how it had ended. */
	status: string;
}

export interface EventPage {
	/** Oldest first. */
	events: ProgressEvent[];
	cursor: string;
	done: boolean;
}

export interface RealtimeConfig {
	url: string;
	namespace: string;
	path: string;
	event: string;
	site: string;
}

export interface ModelChoice {
	provider: string;
	model: string;
	/** Used when a request names neither. */
	is_default: boolean;
}

export type ConversationStatus = "active" | "archived";

export interface Conversation {
	id: string;
	title: string;
	created: number;
	modified: number;
	status: ConversationStatus;
}

export interface ConversationPage {
	conversations: Conversation[];
	/** Goes into the next call; null after the last page. */
	cursor: string | null;
}

export interface History {
	conversation: Conversation;
	/** The chosen branch, oldest first. */
	messages: StoredMessage[];
	runs: RunInFlight[];
	/** Goes into the next call for older messages; null when there are none. */
	before: string | null;
}

export type Role = "system" | "user" | "assistant" | "tool";

export interface StoredMessage {
	id: string;
	role: Role;
	content: string;
	reasoning: string;
	created: number;
	/** The message before it. */
	parent: string | null;
	/** All messages with the same parent, in the order they were made; empty if it is the only one. */
	siblings: string[];
	tool_calls: FinishedToolCall[];
	tool_call_id: string | null;
	sources: Source[];
	/** The images and text files that came with it. */
	attachments: Attachment[];
	usage: Usage | null;
	cost: number | null;
	/** The run that made it. */
	task_id: string | null;
	/** The run failed: a sentence for people. */
	error: string | null;
	finish_reason: FinishReason | null;
	model: string | null;
	provider: string | null;
	timing: Timing | null;
	feedback: Feedback | null;
}

/** What came with a message; see `Conversations.attachment` for what is in it. */
export interface Attachment extends FileInfo {
	id: string;
}

interface FileInfo {
	kind: "text" | "image";
	name: string;
	media_type: string;
	/** Bytes. */
	size: number;
}

export interface AttachedFile extends FileInfo {
	/** The text, or an image as a `data:` URL. */
	content: string;
}

export type Rating = "good" | "bad";

export interface Feedback {
	rating: Rating;
	comment: string;
}

/** An answer that is being made, as far as it had come; or a run that ended without one. */
export interface RunInFlight {
	task_id: string;
	/** The message that is being answered. */
	answers: string;
	status: "queued" | "running" | "completed" | "failed";
	reasoning: string;
	text: string;
	/** `arguments` as far as they have come. */
	tool_calls: FinishedToolCall[];
	sources: Source[];
	cursor: string;
}

export interface SearchResult {
	conversation_id: string;
	/** Of the conversation. */
	title: string;
	message_id: string;
	role: "user" | "assistant";
	/** The text around the first word. */
	excerpt: string;
	created: number;
}

export interface Exported {
	conversation: Conversation;
	/** As JSON: those of all branches, in the order they were made. */
	messages?: StoredMessage[];
	/** As Markdown: the chosen branch. */
	content?: string;
}

export interface Preferences {
	/** How the assistant may call the user. */
	name: string;
	/** What every answer should heed. */
	instructions: string;
	/** Whether the model may be told. */
	enabled: boolean;
}
