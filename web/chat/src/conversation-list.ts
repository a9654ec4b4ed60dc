import type { Client, Conversation, ConversationStatus, SearchResult } from "@ai-assistant/client";

const PATIENCE = 200;
const PAGE = 30;

/** What the list of conversations shows: a new object after each change. */
export interface ListState {
	readonly conversations: readonly Conversation[];
	/** Messages that hold the words that are searched for. */
	readonly found: readonly SearchResult[];
	readonly status: ConversationStatus;
	readonly search: string;
	readonly hasMore: boolean;
	readonly isLoaded: boolean;
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
	};
	private cursor: string | null = null;
	private reading = 0;
	private timer: ReturnType<typeof setTimeout> | undefined;

	constructor(
		private readonly client: Client,
		private readonly changed: (state: ListState) => void,
	) {}

	/** Reads the first page anew. What cannot be read leaves what there was. */
	async refresh(): Promise<void> {
		const reading = ++this.reading;
		const { status, search } = this.state;
		const [page, found] = await Promise.all([
			this.client.conversations.list({ status, search, limit: PAGE }),
			search ? this.client.conversations.search(search) : [],
		]);
		if (reading !== this.reading) return;
		this.cursor = page.cursor;
		this.change({ conversations: page.conversations, found, hasMore: page.cursor !== null, isLoaded: true });
	}

	async more(): Promise<void> {
		if (this.cursor === null) return;
		const reading = this.reading;
		const { status, search, conversations } = this.state;
		const page = await this.client.conversations.list({ status, search, limit: PAGE, cursor: this.cursor });
		if (reading !== this.reading) return;
		this.cursor = page.cursor;
		this.change({
			conversations: [...conversations, ...page.conversations],
			hasMore: page.cursor !== null,
		});
	}

	/** Shows those that hold all of the words, once typing pauses. */
	search(words: string): void {
		this.change({ search: words.trim() });
		clearTimeout(this.timer);
		this.timer = setTimeout(() => void this.refresh(), PATIENCE);
	}

	show(status: ConversationStatus): void {
		this.change({ status });
		void this.refresh();
	}

	private change(part: Partial<ListState>): void {
		this.state = { ...this.state, ...part };
		this.changed(this.state);
	}
}
