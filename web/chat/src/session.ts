import {
	type AnswerOptions,
	type Client,
	type ConnectionState,
	type ConversationState,
	type ModelChoice,
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
import { Intents } from "./intents.js";
import type { Memory } from "./memory.js";
import { underWay, turnsOf } from "./turns.js";

/** What the chat shows of a site: a new object at most once a frame. */
export interface SessionState {
	readonly connection: ConnectionState;
	readonly conversation: ConversationState;
	readonly list: ListState;
	readonly models: readonly ModelChoice[];
	/** Why the last thing that was asked for did not happen. */
	readonly failure: RequestError | null;
}

/** One user at one site with one conversation in view. */
export class Session implements Actions {
	/** What the place where the chat is tells the model. */
	context: unknown;
	readonly list: ConversationList;
	readonly now = (): number => this.client.now();
	state: SessionState;
	private opened: OpenConversation;
	/** The model for the conversation in view; "" where nobody chose one. */
	private chosen = "";
	private readonly subscriptions: Unsubscribe[] = [];
	private unsubscribe: Unsubscribe = () => undefined;
	private readonly frame: Frame<SessionState>;
	private readonly intents = new Intents();

	constructor(
		private readonly client: Client,
		readonly memory: Memory,
		conversation: string,
		changed: (state: SessionState) => void,
	) {
		this.frame = new Frame(changed);
		this.list = new ConversationList(client, (list) => {
			this.change({ list });
		});
		this.opened = client.open(conversation || undefined);
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
				const isBack = isReturn(this.state.connection, connection);
				this.change({ connection });
				if (isBack) this.load();
			}),
			client.onActivity(() => {
				void this.list.refresh();
			}),
		);
		this.load();
	}

	close(): void {
		this.unsubscribe();
		for (const unsubscribe of this.subscriptions) unsubscribe();
	}

	/** Goes on for a user who has signed in again. */
	resume(): void {
		this.client.wake();
		this.load();
	}

	/** Shows a conversation; without an id, a new one. */
	open(id?: string): void {
		if (id === this.opened.id || (!id && isNew(this.opened.state))) return;
		this.opened = this.client.open(id);
		this.chosen = "";
		this.watch();
	}

	/** The model that will be asked: the chosen one, else the one asked last here, else the one chosen last anywhere. */
	get model(): string {
		const { conversation, models } = this.state;
		const last = [...conversation.messages, ...conversation.runs].filter(({ model }) => model).at(-1);
		const wanted = [this.chosen, last && nameOf(last), this.memory.model];
		return wanted.find((name) => models.some((choice) => nameOf(choice) === name)) ?? "";
	}

	/** `model`: `provider/model`. */
	choose(model: string): void {
		this.chosen = this.memory.model = model;
		this.change({});
	}

	ask(request: SendRequest): void {
		const given = this.context;
		const context = typeof given === "function" ? (given as () => unknown)() : given;
		const told = context === undefined ? {} : { context };
		this.attempt(this.opened.send({ ...request, ...told, ...this.answerOptions() }), false);
	}

	/** Stops what is being answered here; what waits first, lest it begin. */
	halt(): void {
		for (const { key } of underWay(turnsOf(this.state.conversation)).reverse())
			this.attempt(this.client.stop(key));
	}

	rename(id: string, title: string): void {
		this.arrange(this.client.conversations.rename(id, title));
	}

	archive(id: string, isArchived: boolean): void {
		const { conversations } = this.client;
		this.arrange(isArchived ? conversations.archive(id) : conversations.unarchive(id));
	}

	delete(id: string): void {
		this.arrange(this.client.conversations.delete(id));
	}

	chooseBranch(messageId: string): void {
		this.attempt(this.opened.chooseBranch(messageId));
	}

	edit(messageId: string, text: string): Promise<unknown> {
		const asked = this.intents.carryOut(`edit ${messageId} ${text}`, (request_id) =>
			this.opened.edit(messageId, text, { ...this.answerOptions(), request_id }),
		);
		this.attempt(asked);
		return asked;
	}

	loadOlder(): void {
		this.attempt(this.opened.loadOlder());
	}

	rate(messageId: string, rating: Rating | null): void {
		const { opened } = this;
		this.attempt(this.client.giveFeedback(messageId, rating).then(() => opened.refresh()));
	}

	regenerate(messageId: string): void {
		const ask = (request_id: string): Promise<unknown> =>
			this.opened.regenerate(messageId, { ...this.answerOptions(), request_id });
		this.attempt(this.intents.carryOut(messageId, ask));
	}

	async image(attachmentId: string): Promise<string> {
		return (await this.client.conversations.attachment(attachmentId)).content;
	}

	/** Gives up what did not arrive. */
	discard(sending: Sending): void {
		this.opened.discard(sending);
	}

	/** A failure is shown beside what could not be sent. */
	resend(sending: Sending): void {
		this.attempt(this.opened.resend(sending), false);
	}

	dismissFailure(): void {
		this.change({ failure: null });
	}

	private load(): void {
		void this.list.refresh();
		this.attempt(
			this.client.models().then((models) => {
				this.change({ models });
			}),
			false,
		);
	}

	private answerOptions(): AnswerOptions {
		const { model } = this;
		const choice = this.state.models.find((one) => nameOf(one) === model);
		return choice ? { provider: choice.provider, model: choice.model } : {};
	}

	private watch(): void {
		this.unsubscribe();
		this.unsubscribe = this.opened.subscribe((conversation) => {
			const isFailure = conversation.failure !== this.state.conversation.failure;
			this.change({ conversation });
			if (isFailure) this.suspect(conversation.failure);
		});
	}

	private arrange(asked: Promise<unknown>): void {
		const { opened } = this;
		this.attempt(asked.then(() => Promise.all([this.list.refresh(), opened.refresh()])));
	}

	private attempt(asked: Promise<unknown>, isShown = true): void {
		asked.catch((error: unknown) => {
			if (!(error instanceof RequestError)) throw error;
			if (isShown) this.change({ failure: error });
			this.suspect(error);
		});
	}

	/** Whoever is refused one thing may have to sign in again: the list is what every user may see. */
	private suspect(failure: RequestError | null): void {
		if (isRefusal(failure)) void this.list.refresh();
	}

	private change(part: Partial<SessionState>): void {
		this.state = { ...this.state, ...part };
		this.frame.next(this.state);
	}
}

/** Whether the user has to sign in again before anything can be asked. */
export function isSignedOut({ connection, list }: SessionState): boolean {
	return isRefusal(connection.failure) || isRefusal(list.failure);
}

/** A bench says 403 to a guest. */
function isRefusal(failure: RequestError | null): boolean {
	return failure?.status === 401 || failure?.status === 403;
}

/** Whether the site is there again, or the socket that tells of everything. */
function isReturn({ transport: before }: ConnectionState, { transport: now }: ConnectionState): boolean {
	if (before === now || before === "connecting") return false;
	return now === "socket" || (before === "offline" && now !== "offline");
}

function isNew({ conversation, messages, runs, sending, isLoaded }: ConversationState): boolean {
	return isLoaded && !conversation && !messages.length && !runs.length && !sending.length;
}

function nameOf({ provider, model }: { provider: string | null; model: string | null }): string {
	return `${provider ?? ""}/${model ?? ""}`;
}
