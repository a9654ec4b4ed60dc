import { ServerClock } from "./clock.js";
import { Connection } from "./connection.js";
import { OpenConversation } from "./conversation.js";
import { Conversations } from "./conversations.js";
import type { ProgressEvent } from "./events.js";
import { newId } from "./id.js";
import { Listeners, type Unsubscribe } from "./listeners.js";
import type { ClientOptions } from "./options.js";
import { persist } from "./patience.js";
import type { Conversation, ModelChoice, Preferences, Rating, StartedRun, StopReply } from "./replies.js";
import type { AnswerOptions, Material, SendRequest } from "./requests.js";
import { Runs } from "./runs.js";
import { type Parameters, Site } from "./site.js";
import type { Activity, ConnectionState, RunState } from "./states.js";
import { isFinal } from "./transcript.js";

/** Conversations that are kept though nobody looks at them any more. */
const KEPT = 20;

/** A site as one user sees it. What asks the site throws RequestError. */
export class Client {
	readonly conversations: Conversations;
	private readonly clock = new ServerClock();
	private readonly site: Site;
	private readonly runs: Runs;
	private readonly connection: Connection;
	private readonly opened = new Map<string, OpenConversation>();
	private readonly activities = new Listeners<Activity>();

	constructor(options: ClientOptions = {}) {
		this.site = new Site(options, this.clock);
		this.runs = new Runs(this.site, this.clock);
		this.conversations = new Conversations(this.site);
		this.connection = new Connection(this.site, this.runs, options);
		this.connection.events.add((event) => {
			this.notice(event);
		});
		this.connection.missed.add(() => {
			for (const conversation of this.opened.values())
				if (conversation.isWatched) void conversation.refresh();
		});
	}

	/** Begins to receive events, and goes on whatever happens to the connection. */
	connect(): void {
		this.connection.open();
	}

	/** Ends that. The client is not to be used any more. */
	close(): void {
		this.connection.close();
		for (const conversation of this.opened.values()) conversation.close();
	}

	/** Asks the site at once what was missed, as for somebody who has signed in again. */
	wake(): void {
		this.connection.wake();
	}

	get state(): ConnectionState {
		return this.connection.state;
	}

	/** Calls with the state of the connection now and after each change. */
	onState(listener: (state: ConnectionState) => void): Unsubscribe {
		listener(this.state);
		return this.connection.changes.add(listener);
	}

	/** Calls when a run of this user begins or ends, also one that another client asked for. */
	onActivity(listener: (activity: Activity) => void): Unsubscribe {
		return this.activities.add(listener);
	}

	/** The site's time in Unix milliseconds, whatever this device's clock says. */
	now(): number {
		return this.clock.now();
	}

	/** Any method of `ai_assistant.api`. */
	call<T>(method: string, parameters: Parameters = {}, verb: "GET" | "POST" = "POST"): Promise<T> {
		return verb === "GET" ? this.site.get<T>(method, parameters) : this.site.post<T>(method, parameters);
	}

	/** Says something; in a new conversation if none is named. It is tried again for a while, and never sent twice. */
	send(request: SendRequest): Promise<StartedRun> {
		return this.start("chat_completion", request);
	}

	/** Answers a message anew, beside the answers it has. `messageId`: the answer, or the message to be answered. */
	regenerate(messageId: string, options: AnswerOptions = {}): Promise<StartedRun> {
		return this.start("chat.regenerate", { message_id: messageId, ...options });
	}

	/** Says something else in the place of a user's message, as a branch beside it. Without `attachments`, what came with
	 * that message is kept. */
	edit(messageId: string, message: string, options: AnswerOptions & Material = {}): Promise<StartedRun> {
		return this.start("chat.edit_message", { message_id: messageId, message, ...options });
	}

	/** Stops a run; its final event tells when that is done. */
	stop(taskId: string): Promise<StopReply> {
		return persist(() => this.site.post<StopReply>("stop", { task_id: taskId }));
	}

	/** Calls with what a run shows, now and after each change, whoever asked for it. */
	subscribe(taskId: string, listener: (state: RunState) => void): Unsubscribe {
		const run = this.runs.follow(taskId);
		if (run.cursor === "0-0") void this.runs.repair(run);
		listener(run.state);
		return run.subscribe(listener);
	}

	/** Looks at a conversation; without an id, at a new one. Ask for the same one as often as you like. Of those that
	 * nobody subscribes to, some are kept. */
	open(id?: string): OpenConversation {
		const known = this.opened.get(id ?? "");
		if (known) {
			if (!known.isWatched) void known.refresh();
			return known;
		}
		const [first, ...others] = [...this.opened.values()].filter((conversation) => conversation.isIdle);
		if (others.length >= KEPT) first?.close();
		const conversation = new OpenConversation(id, this, this.runs, () => {
			this.opened.delete(conversation.id);
		});
		this.opened.set(conversation.id, conversation);
		void conversation.refresh();
		return conversation;
	}

	/** Shows the newest branch through a message. */
	async chooseBranch(messageId: string): Promise<Conversation> {
		return this.site.post("chat.choose_branch", { message_id: messageId });
	}

	/** Without a rating, what was given before is taken back. `comment`: up to 2,000 characters. */
	async giveFeedback(messageId: string, rating: Rating | null, comment = ""): Promise<void> {
		await this.site.post("chat.message_feedback", { message_id: messageId, rating, comment });
	}

	/** What this user may choose. */
	models(): Promise<ModelChoice[]> {
		return this.site.get("models");
	}

	preferences(): Promise<Preferences> {
		return this.site.get("chat.get_preferences");
	}

	setPreferences(preferences: Preferences): Promise<Preferences> {
		return this.site.post("chat.set_preferences", { ...preferences });
	}

	private async start(method: string, request: SendRequest & { message_id?: string }): Promise<StartedRun> {
		const asked = { ...request, request_id: request.request_id ?? newId(), stream: true };
		return this.runs.expecting(async () => {
			const started = await persist(() => this.site.post<StartedRun>(method, asked));
			const run = this.runs.follow(started.task_id);
			run.answer(started.message_id);
			this.opened.get(started.conversation_id)?.join(started.task_id);
			return started;
		});
	}

	private notice(event: ProgressEvent): void {
		const { task_id: taskId, conversation_id: conversationId } = event;
		const hasBegun = event.attempt === 0 && event.seq === 1;
		if (!isFinal(event) && !this.runs.has(taskId)) this.opened.get(conversationId)?.join(taskId);
		if (hasBegun || isFinal(event)) {
			this.activities.tell({ kind: hasBegun ? "began" : "ended", taskId, conversationId });
		}
	}
}
