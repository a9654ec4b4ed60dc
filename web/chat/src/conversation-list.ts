import {
	type Client,
	type Conversation,
	type ConversationPage,
	type ConversationStatus,
	RequestError,
	type SearchResult,
} from "@ai-assistant/client";

const PATIENCE = 200;
const PAGE = 30;

/** As many as the site gives at once. */
const MOST = 100;

/** What the list of conversations shows: a new object after each change. */
export interface ListState {
	readonly conversations: readonly Conversation[];
	/** Messages that hold the words that are searched for. */
	readonly found: readonly SearchResult[];
	readonly status: ConversationStatus;
	readonly search: string;
	readonly hasMore: boolean;
	readonly isLoaded: boolean;
	/** Why it could not be read the last time. */
	readonly failure: RequestError | null;
}

/** A user's conversations, the one changed last first, as far as they were read. */
export class ConversationList {
	state: ListState = {
		conversations: [],
		found: [],
		status: "active",
		search: "",
		hasMore: false,
		isLoaded: false,
		failure: null,
	};
	private wanted = PAGE;
	private reading = 0;
	private timer: ReturnType<typeof setTimeout> | undefined;

	constructor(
		private readonly client: Client,
		private readonly changed: (state: ListState) => void,
	) {}

	/** Reads as far as before. What cannot be read leaves what there was. */
	async refresh(): Promise<void> {
		const reading = ++this.reading;
		const { search } = this.state;
		let read: Partial<ListState>;
		try {
			const [{ conversations, cursor }, found] = await Promise.all([
				this.read(),
				search ? this.client.conversations.search(search) : [],
			]);
			read = { conversations, found, hasMore: cursor !== null, isLoaded: true, failure: null };
		} catch (error) {
			if (!(error instanceof RequestError)) throw error;
			read = { failure: error };
		}
		if (reading === this.reading) this.change(read);
	}

	more(): void {
		this.wanted += PAGE;
		void this.refresh();
	}

	/** Shows those that hold all of the words, once typing pauses. */
	search(words: string): void {
		this.wanted = PAGE;
		this.change({ search: words.trim() });
		clearTimeout(this.timer);
		this.timer = setTimeout(() => void this.refresh(), PATIENCE);
	}

	show(status: ConversationStatus): void {
		this.wanted = PAGE;
		this.change({ status, conversations: [], found: [], hasMore: false, isLoaded: false });
		void this.refresh();
	}

	private async read(): Promise<ConversationPage> {
		const { status, search } = this.state;
		const conversations: Conversation[] = [];
		let cursor: string | null = null;
		do {
			const limit = Math.min(MOST, this.wanted - conversations.length);
			const request = { status, search, limit, ...(cursor && { cursor }) };
			const page: ConversationPage = await this.client.conversations.list(request);
			conversations.push(...page.conversations);
			cursor = page.cursor;
		} while (cursor !== null && conversations.length < this.wanted);
		return { conversations, cursor };
	}

	private change(part: Partial<ListState>): void {
		this.state = { ...this.state, ...part };
		this.changed(this.state);
	}
}
