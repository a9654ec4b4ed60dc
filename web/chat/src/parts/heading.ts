import type { Conversation } from "@ai-assistant/client";
import { html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";

import { menuButton } from "./conversation-menu.js";
import { define, Part } from "./part.js";
import { quietButton } from "./quiet-button.js";

/** The title of the conversation and the way to what can be done. Events: `list`, `begin`, `help`. */
export class Heading extends Part {
	/** Null for one in which nothing was said yet. */
	@property({ attribute: false }) conversation: Conversation | null = null;
	@property({ attribute: false }) isListOpen = false;

	protected override render(): TemplateResult {
		const { conversation, isListOpen } = this;
		const { texts } = this.locale;
		return html`<header class="heading">
			${quietButton("menu", texts.conversations, () => this.tell("list"), isListOpen)}
			${
				conversation
					? html`<h2 class="title" dir="auto">${conversation.title || texts.untitled}</h2>`
					: html`<span class="title"></span>`
			}
			${conversation ? menuButton(conversation, texts) : nothing}
			${quietButton("keyboard", texts.shortcuts, () => this.tell("help"))}
			${quietButton("new", texts.newConversation, () => this.tell("begin"))}
		</header>`;
	}

	private tell(event: string): void {
		this.dispatchEvent(new CustomEvent(event));
	}
}

define("ai-assistant-heading", Heading);
