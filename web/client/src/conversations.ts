import type {
	AttachedFile,
	Conversation,
	ConversationPage,
	Exported,
	History,
	SearchResult,
	StoredMessage,
} from "./replies.js";
import type { HistoryRequest, ListRequest } from "./requests.js";
import type { Site } from "./site.js";

/** A user's conversations. All throw RequestError: 404 for what the user does not have. */
export class Conversations {
	constructor(private readonly site: Site) {}

	/** The one changed last first. */
	list(request: ListRequest = {}): Promise<ConversationPage> {
		return this.site.get("chat.list_conversations", { ...request });
	}

	history(id: string, request: HistoryRequest = {}): Promise<History> {
		return this.site.get("chat.get_conversation_history", { conversation_id: id, ...request });
	}

	create(title = ""): Promise<Conversation> {
		return this.site.post("chat.create_conversation", { title });
	}

	/** `title`: 1 to 140 characters. */
	rename(id: string, title: string): Promise<Conversation> {
		return this.site.post("chat.rename_conversation", { conversation_id: id, title });
	}

	archive(id: string): Promise<Conversation> {
		return this.site.post("chat.archive_conversation", { conversation_id: id });
	}

	unarchive(id: string): Promise<Conversation> {
		return this.site.post("chat.unarchive_conversation", { conversation_id: id });
	}

	/** With everything under it; answers that are being made are stopped. */
	async delete(id: string): Promise<void> {
		await this.site.post("chat.delete_conversation", { conversation_id: id });
	}

	/** Messages in which all words of the query are, the newest first. */
	async search(query: string, limit = 20): Promise<SearchResult[]> {
		const page = await this.site.get<{ results: SearchResult[] }>("chat.search", { query, limit });
		return page.results;
	}

	/** What is in a file that came with a message. */
	attachment(id: string): Promise<AttachedFile> {
		return this.site.get("chat.get_attachment", { attachment_id: id });
	}

	/** The messages of all branches. */
	async exportMessages(id: string): Promise<StoredMessage[]> {
		return (await this.export(id, "json")).messages ?? [];
	}

	/** The chosen branch. */
	async exportMarkdown(id: string): Promise<string> {
		return (await this.export(id, "markdown")).content ?? "";
	}

	private export(id: string, format: "json" | "markdown"): Promise<Exported> {
		return this.site.get("chat.export", { conversation_id: id, format });
	}
}
