import type { ConversationStatus, Role } from "./replies.js";

/** How an answer is to be made, in the words of docs/protocol.md. */
export interface AnswerOptions {
	provider?: string;
	model?: string;
	/** 0 to 2. */
	temperature?: number;
	max_tokens?: number;
	/** The client's own id of this request; one is made if it is left out, so that repeating it is safe. */
	request_id?: string;
	/** While another answer of the conversation is made; `enqueue` if left out. */
	on_busy?: "enqueue" | "interrupt" | "reject";
	tools?: ToolParam[];
	mode?: "chat" | "agent" | "code" | "ask";
	simple_language?: boolean;
}

/** Either `message` or `messages`. */
export interface SendRequest extends AnswerOptions, Material {
	message?: string;
	messages?: MessageParam[];
	conversation_id?: string | number;
}

/** What goes along with what is said. */
export interface Material {
	/** What the client knows of the user's situation. */
	context?: unknown;
	attachments?: AttachmentParam[];
}

/** A text file. */
export interface AttachmentParam {
	name: string;
	content: string;
	media_type?: string;
}

export interface MessageParam {
	role: Role;
	content?: string | (TextPart | ImagePart)[] | null;
	tool_calls?: { id: string; type?: "function"; function: { name: string; arguments: string } }[];
	tool_call_id?: string;
}

export interface TextPart {
	type: "text";
	text: string;
}

/** `url`: `data:<type>;base64,…` of PNG, JPEG, WebP or GIF. */
export interface ImagePart {
	type: "image_url";
	image_url: { url: string };
}

/** A function that the model may call; `parameters` is a JSON schema. */
export interface ToolParam {
	type?: "function";
	function: {
		name: string;
		description?: string;
		parameters?: Record<string, unknown>;
		strict?: boolean | null;
	};
}

export interface ListRequest {
	/** 1 to 100; 20 if left out. */
	limit?: number;
	/** That of the page before. */
	cursor?: string;
	status?: ConversationStatus;
	/** Only those whose title holds every one of these words. */
	search?: string;
}

export interface HistoryRequest {
	/** 1 to 100 messages; 50 if left out. */
	limit?: number;
	/** That of the page of newer messages. */
	before?: string;
}
