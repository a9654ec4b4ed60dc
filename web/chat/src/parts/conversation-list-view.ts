import type { Conversation, SearchResult } from "@ai-assistant/client";
import { html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import type { ConversationList, ListState } from "../conversation-list.js";
import { icon } from "../icon.js";
import { menuButton } from "./conversation-menu.js";
import { define, Part } from "./part.js";

/** The conversations, with search. Events: `choose` with an id, `begin` for a new one. */
export class ConversationListView extends Part {
	@property({ attribute: false }) list!: ConversationList;
	@property({ attribute: false }) state!: ListState;
	@property({ attribute: false }) current = "";

	private hadFocus = false;

	/** Goes to the search field. */
	override focus(): void {
		this.querySelector("input")?.focus();
	}

	protected override willUpdate(): void {
		this.hadFocus = this.matches(":focus-within");
	}

	/** The focus stays here when the entry that had it goes. */
	protected override updated(): void {
		if (this.hadFocus && !this.matches(":focus-within")) this.querySelector<HTMLElement>(".entries")?.focus();
	}

	protected override render(): TemplateResult {
		const { texts } = this.locale;
		const { state } = this;
		return html`<nav aria-label=${texts.conversations}>
			<button type="button" class="plain begin" @click=${() => this.dispatchEvent(new CustomEvent("begin"))}>
				${icon("new")} ${texts.newConversation}
			</button>
			<label class="search">
				${icon("search")}
				<input
					type="search"
					placeholder=${texts.search}
					aria-label=${texts.search}
					.value=${state.search}
					@input=${(event: Event) => this.list.search((event.target as HTMLInputElement).value)}
				/>
			</label>
			<div class="entries" tabindex="-1">
				${this.failure()} ${this.entries()} ${state.found.length ? this.found() : nothing}
				${
					state.hasMore
						? html`<button type="button" class="plain" @click=${() => this.list.more()}>
								${texts.more}
							</button>`
						: nothing
				}
			</div>
			<button
				type="button"
				class="plain archive"
				aria-pressed=${state.status === "archived"}
				@click=${() => this.list.show(state.status === "archived" ? "active" : "archived")}
			>
				${icon("archive")} ${texts.archived}
			</button>
		</nav>`;
	}

	private failure(): unknown {
		const { failure } = this.state;
		if (!failure) return nothing;
		return html`<div class="hint" role="alert">
			<p dir="auto">${this.locale.failure(failure)}</p>
			<button type="button" class="plain" @click=${() => void this.list.refresh()}>
				${icon("retry")} ${this.locale.texts.retry}
			</button>
		</div>`;
	}

	private entries(): unknown {
		const { texts } = this.locale;
		const { conversations, failure, found, isLoaded, search } = this.state;
		if (!isLoaded) return failure ? nothing : html`<p class="hint">${texts.loading}</p>`;
		if (!conversations.length) {
			if (found.length) return nothing;
			return html`<p class="hint">${search ? texts.nothingFound : texts.noConversations}</p>`;
		}
		return html`<ul>
			${repeat(
				conversations,
				({ id }) => id,
				(conversation) => this.entry(conversation),
			)}
		</ul>`;
	}

	private entry(conversation: Conversation): TemplateResult {
		const { id, title } = conversation;
		const { texts } = this.locale;
		return html`<li>
			<button
				type="button"
				class="entry"
				dir="auto"
				aria-current=${id === this.current ? "true" : nothing}
				@click=${() => this.choose(id)}
			>
				${title || texts.untitled}
			</button>
			${menuButton(conversation, texts)}
		</li>`;
	}

	private found(): TemplateResult {
		const { texts } = this.locale;
		const entry = (result: SearchResult): TemplateResult =>
			html`<li>
				<button type="button" class="entry" dir="auto" @click=${() => this.choose(result.conversation_id)}>
					${result.title || texts.untitled}<small dir="auto">${result.excerpt}</small>
				</button>
			</li>`;
		return html`<h2>${texts.found}</h2>
			<ul>
				${this.state.found.map(entry)}
			</ul>`;
	}

	private choose(id: string): void {
		this.dispatchEvent(new CustomEvent("choose", { detail: id }));
	}
}

define("ai-assistant-list", ConversationListView);
