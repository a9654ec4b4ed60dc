import {
	type AnswerOptions,
	type Client,
	type ConnectionState,
	type ConversationState,
	type ModelChoice,
	newId,
	type OpenConversation,
	type Rating,
	RequestError,
	type Sending,
	type SendRequest,
	type Unsubscribe,
} from "@ai-assistant/client";

import type { Actions } from "./actions.js";
import { ConversationList, type ListState } from "./conversation-list.js";
import { Frame } from "./frame.js";
import { underWay, turnsOf } from "./turns.js";

/** What the chat shows of a site: a new object at most once a frame. */
export interface SessionState {
	readonly connection: ConnectionState;
	readonly conversation: ConversationState;
	readonly list: ListState;
	readonly models: readonly ModelChoice[];
	/** Why the last thing that was asked for did not happen: a sentence for people. */
	readonly failure: string | null;
}

/** One user at one site with one conversation in view. */
export class Session implements Actions {
	/** `provider/model`; "" for the site's own choice. */
	model = "";
	/** What the place where the chat is tells the model. */
	context: unknown;
	readonly list: ConversationList;
	state: SessionState;
	private opened: OpenConversation;
	private readonly subscriptions: Unsubscribe[] = [];
	private unsubscribe: Unsubscribe = () => undefined;
	private readonly frame: Frame<SessionState>;

	constructor(
		private readonly client: Client,
		conversation: string,
		changed: (state: SessionState) => void,
	) {
		this.frame = new Frame(changed);
		this.list = new ConversationList(client, (list) => {
			this.change({ list });
		});
		this.opened = client.open(conversation || newId());
		this.state = {
			connection: client.state,
			conversation: this.opened.state,
			list: this.list.state,
			models: [],
			failure: null,
		};
		this.watch();
		this.subscriptions.push(
			client.onState((connection) => {
				this.change({ connection });
			}),
			client.onActivity(() => {
				this.attempt(this.list.refresh());
			}),
		);
		this.attempt(this.list.refresh());
		this.attempt(
			client.models().then((models) => {
				this.change({ models });
			}),
		);
	}

	close(): void {
		this.unsubscribe();
		for (const unsubscribe of this.subscriptions) unsubscribe();
	}

	/** Shows a conversation; without an id, a new one. */
	open(id: string = newId()): void {
		if (id === this.opened.id) return;
		this.opened = this.client.open(id);
		this.watch();
	}

	ask(request: SendRequest): void {
		const given = this.context;
		const context = typeof given === "function" ? (given as () => unknown)() : given;
		const told = context === undefined ? {} : { context };
		this.attempt(this.opened.send({ ...request, ...told, ...this.answerOptions() }), false);
	}

	/** Stops what is being answered here. */
	halt(): void {
		for (const { key } of underWay(turnsOf(this.state.conversation))) this.attempt(this.client.stop(key));
	}

	rename(title: string): void {
		this.arrange(this.client.conversations.rename(this.opened.id, title));
	}

	archive(isArchived: boolean): void {
		const { conversations } = this.client;
		this.arrange(
			isArchived ? conversations.archive(this.opened.id) : conversations.unarchive(this.opened.id),
		);
	}

	delete(): void {
		const { id } = this.opened;
		this.open();
		this.arrange(this.client.conversations.delete(id));
	}

	chooseBranch(messageId: string): void {
		this.attempt(this.opened.chooseBranch(messageId));
	}

	edit(messageId: string, text: string): void {
		this.attempt(this.opened.edit(messageId, text, this.answerOptions()));
	}

	loadOlder(): void {
		this.attempt(this.opened.loadOlder());
	}

	rate(messageId: string, rating: Rating | null): void {
		const { opened } = this;
		this.attempt(this.client.giveFeedback(messageId, rating).then(() => opened.refresh()));
	}

	regenerate(messageId: string): void {
		this.attempt(this.opened.regenerate(messageId, this.answerOptions()));
	}

	async image(attachmentId: string): Promise<string> {
		return (await this.client.conversations.attachment(attachmentId)).content;
	}

	/** A failure is shown beside what could not be sent. */
	resend(sending: Sending): void {
		this.attempt(this.opened.resend(sending), false);
	}

	dismissFailure(): void {
		this.change({ failure: null });
	}

	private answerOptions(): AnswerOptions {
		const choice = this.state.models.find(({ provider, model }) => `${provider}/${model}` === this.model);
		return choice ? { provider: choice.provider, model: choice.model } : {};
	}

	private watch(): void {
		this.unsubscribe();
		this.unsubscribe = this.opened.subscribe((conversation) => {
			this.change({ conversation });
		});
	}

	private arrange(asked: Promise<unknown>): void {
		const { opened } = this;
		this.attempt(asked.then(() => Promise.all([this.list.refresh(), opened.refresh()])));
	}

	private attempt(asked: Promise<unknown>, isShown = true): void {
		asked.catch((error: unknown) => {
			if (!(error instanceof RequestError)) throw error;
			if (isShown) this.change({ failure: error.message });
		});
	}

	private change(part: Partial<SessionState>): void {
		this.state = { ...this.state, ...part };
		this.frame.next(this.state);
	}
}
