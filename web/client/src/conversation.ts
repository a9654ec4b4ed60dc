import type { Client } from "./client.js";
import { RequestError } from "./failure.js";
import { newId } from "./id.js";
import { Listeners, type Unsubscribe } from "./listeners.js";
import type { History, RunInFlight, StartedRun, StoredMessage } from "./replies.js";
import type { AnswerOptions, Material, SendRequest } from "./requests.js";
import type { Run } from "./run.js";
import type { Runs } from "./runs.js";
import type { ConversationState, Sending } from "./states.js";

type Shown = Omit<ConversationState, "id" | "runs">;

const nothing: Shown = {
	conversation: null,
	messages: [],
	sending: [],
	isLoaded: false,
	hasOlder: false,
	failure: null,
};

/** One conversation that is looked at: its messages and the answers being made, whoever asked for them. */
export class OpenConversation {
	readonly id: string;
	private shown = nothing;
	/** Not so for a new one in which nothing was said: the site is not asked for what it does not have. */
	private isAtSite: boolean;
	private readonly runs = new Map<Run, Unsubscribe>();
	private readonly listeners = new Listeners<ConversationState>();
	private before: string | null = null;
	private reading: Promise<void> | null = null;
	private isOutdated = false;
	private built: ConversationState | null = null;

	/** Without an id, a new one. */
	constructor(
		id: string | undefined,
		private readonly client: Client,
		private readonly followed: Runs,
		private readonly forget: () => void,
	) {
		this.id = id ?? newId();
		this.isAtSite = id !== undefined;
		if (!this.isAtSite) this.shown = { ...nothing, isLoaded: true };
	}

	get state(): ConversationState {
		const runs = [...this.runs.keys()].map((run) => run.state);
		this.built ??= { id: this.id, runs, ...this.shown };
		return this.built;
	}

	get isWatched(): boolean {
		return this.listeners.size > 0;
	}

	/** Whether nobody looks at it and nothing is lost with it. */
	get isIdle(): boolean {
		return !this.isWatched && !this.shown.sending.length;
	}

	/** Calls with the state now and after each change. */
	subscribe(listener: (state: ConversationState) => void): Unsubscribe {
		listener(this.state);
		return this.listeners.add(listener);
	}

	/** No more changes are told; what is being answered goes on. */
	close(): void {
		this.isAtSite = false;
		for (const run of this.runs.keys()) this.leave(run);
		this.forget();
	}

	/** Says something. It is shown in `sending` until it is in the messages, and stays there if it could not be sent. */
	send(request: SendRequest): Promise<StartedRun> {
		return this.deliver({ ...request, request_id: request.request_id ?? newId(), conversation_id: this.id });
	}

	/** Sends again what could not be sent: never twice, for its `request_id` is the same. */
	resend({ request }: Sending): Promise<StartedRun> {
		return this.deliver(request);
	}

	/** Gives up what could not be sent. */
	discard(sending: Sending): void {
		this.change({ sending: this.shown.sending.filter((other) => other !== sending) });
	}

	/** Answers a message anew, beside the answers it has. */
	regenerate(messageId: string, options: AnswerOptions = {}): Promise<StartedRun> {
		return this.client.regenerate(messageId, options);
	}

	/** Says something else in the place of a user's message, as a branch beside it. */
	edit(messageId: string, message: string, options: AnswerOptions & Material = {}): Promise<StartedRun> {
		return this.client.edit(messageId, message, options);
	}

	/** Shows the newest branch through a message, such as one of the `siblings` of another. */
	async chooseBranch(messageId: string): Promise<void> {
		await this.client.chooseBranch(messageId);
		await this.refresh();
	}

	/** Reads the messages before the first one. Throws RequestError. */
	async loadOlder(): Promise<void> {
		const { before } = this;
		if (before === null) return;
		const page = await this.client.conversations.history(this.id, { before });
		if (this.before !== before) return;
		this.before = page.before;
		for (const { task_id, answers } of page.runs) this.arrive(task_id, answers);
		this.change({ messages: [...page.messages, ...this.shown.messages], hasOlder: page.before !== null });
	}

	/** Reads the newest messages. A failure is in the state. */
	refresh(): Promise<void> {
		if (!this.isAtSite) return Promise.resolve();
		this.isOutdated = true;
		this.reading ??= this.read().finally(() => {
			this.reading = null;
		});
		return this.reading;
	}

	/** Shows a run of this conversation. */
	join(taskId: string): void {
		const run = this.attach(taskId);
		if (!run.isOver) void this.refresh();
	}

	private attach(taskId: string): Run {
		const run = this.followed.follow(taskId);
		this.isAtSite = true;
		if (!this.runs.has(run)) {
			const unsubscribe = run.subscribe(() => {
				this.change({});
				if (run.isOver) void this.refresh();
			});
			this.runs.set(run, unsubscribe);
		}
		return run;
	}

	private async deliver(request: Sending["request"]): Promise<StartedRun> {
		const sending = { request, failure: null, messageId: null };
		const others = this.shown.sending.filter((one) => one.request.request_id !== request.request_id);
		this.change({ sending: [...others, sending] });
		try {
			const started = await this.client.send(request);
			this.replace({ ...sending, messageId: started.message_id });
			await (this.reading ?? this.refresh());
			return started;
		} catch (error) {
			if (error instanceof RequestError) this.replace({ ...sending, failure: error });
			throw error;
		}
	}

	private replace(sending: Sending): void {
		const { request_id: id } = sending.request;
		this.change({
			sending: this.shown.sending.map((one) => (one.request.request_id === id ? sending : one)),
		});
	}

	private async read(): Promise<void> {
		while (this.isOutdated) {
			this.isOutdated = false;
			const earlier = new Set(this.runs.keys());
			try {
				const page = await this.client.conversations.history(this.id);
				if (this.isAtSite) this.show(page, earlier);
			} catch (error) {
				if (!(error instanceof RequestError)) throw error;
				if (error.status === 404) this.empty(earlier);
				else this.change({ failure: error });
			}
		}
	}

	/** The site does not have it, or not any more. */
	private empty(earlier: ReadonlySet<Run>): void {
		for (const run of earlier) this.leave(run);
		this.before = null;
		this.change({ ...nothing, sending: this.shown.sending, isLoaded: true });
	}

	/** `earlier`: the runs that were joined before this was asked for. */
	private show(page: History, earlier: ReadonlySet<Run>): void {
		const known = this.shown.messages;
		const joint = known.findIndex((message) => message.id === page.messages[0]?.parent);
		const messages = [...known.slice(0, joint + 1), ...this.kept(page.messages)];
		if (joint < 0) this.before = page.before;
		for (const { task_id, answers } of page.runs) this.arrive(task_id, answers);
		this.dismiss(messages, page.runs, earlier);
		this.change({
			conversation: page.conversation,
			messages,
			// What arrived since this was asked for is in what is read next.
			sending: this.shown.sending.filter(
				({ messageId: id }) => id === null || (this.isOutdated && !messages.some((one) => one.id === id)),
			),
			isLoaded: true,
			hasOlder: this.before !== null,
			failure: null,
		});
	}

	/** The messages, those that are known and have not changed as the same objects. */
	private kept(messages: StoredMessage[]): StoredMessage[] {
		const known = new Map(this.shown.messages.map((message) => [message.id, message]));
		return messages.map((message) => {
			const before = known.get(message.id);
			return before && isSame(before, message) ? before : message;
		});
	}

	private arrive(taskId: string, answers: string): void {
		const run = this.attach(taskId);
		run.answer(answers);
		if (run.cursor === "0-0" && !run.isOver) void this.followed.repair(run);
	}

	/** Lets those runs go whose answers are among the messages, and those that ended in another branch or are tried again. */
	private dismiss(messages: StoredMessage[], told: RunInFlight[], earlier: ReadonlySet<Run>): void {
		for (const run of this.runs.keys()) {
			const { answers, taskId } = run;
			const isStored = messages.some((one) => one.task_id === taskId);
			const isPast = run.isOver && earlier.has(run) && !told.some((one) => one.task_id === taskId);
			const isElsewhere = answers !== null && !messages.some((one) => one.id === answers);
			if (isStored || (isPast && (isElsewhere || isTriedAgain(run, messages, told)))) this.leave(run);
		}
	}

	private leave(run: Run): void {
		this.runs.get(run)?.();
		this.runs.delete(run);
	}

	private change(shown: Partial<Shown>): void {
		this.shown = { ...this.shown, ...shown };
		this.built = null;
		this.listeners.tell(this.state);
	}
}

/** Whether the message that it answered is being answered anew, or has been since. */
function isTriedAgain({ answers, state }: Run, messages: StoredMessage[], told: RunInFlight[]): boolean {
	const since = state.askedAt ?? Infinity;
	const isLater = (one: StoredMessage) => one.role === "assistant" && one.created * 1000 > since;
	return (
		told.some((one) => one.answers === answers) ||
		messages.some((one) => one.parent === answers && isLater(one))
	);
}

/** Long texts are compared as they are, which takes no time; the rest is little. */
function isSame(one: StoredMessage, other: StoredMessage): boolean {
	if (one.content !== other.content || one.reasoning !== other.reasoning) return false;
	const [rest, otherRest] = [one, other].map((message) =>
		JSON.stringify({ ...message, content: "", reasoning: "" }),
	);
	return rest === otherRest;
}
