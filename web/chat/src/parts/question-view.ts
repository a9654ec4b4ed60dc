import type { Attachment, StoredMessage } from "@ai-assistant/client";
import { html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import type { Actions } from "../actions.js";
import { icon } from "../icon.js";
import { branches } from "./branches.js";
import { fileName } from "./image-view.js";
import { define, Part } from "./part.js";
import { quietButton } from "./quiet-button.js";

/** What the user said, and the way to say something else instead. */
export class QuestionView extends Part {
	@property({ attribute: false }) message!: StoredMessage;
	@property({ attribute: false }) actions!: Actions;
	/** The site has no answer to it, makes none, and does not know why. */
	@property({ attribute: false }) isUnanswered = false;
	@state() private isEditing = false;
	@state() private isSaving = false;

	/** Opens the text for another wording. */
	edit(): void {
		this.isEditing = true;
		void this.updateComplete.then(() => {
			const field = this.querySelector("textarea");
			field?.focus();
			field?.setSelectionRange(field.value.length, field.value.length);
		});
	}

	protected override render(): TemplateResult {
		const { message, locale } = this;
		return html`<article class="question" aria-label=${locale.texts.you}>
			${this.isEditing ? this.editor() : words(message.content)} ${this.material()}
			${this.isEditing ? nothing : this.footer()} ${this.isUnanswered ? this.failure() : nothing}
		</article>`;
	}

	private material(): unknown {
		const { attachments } = this.message;
		if (!attachments.length) return nothing;
		return html`<ul class="material">
			${repeat(
				attachments,
				({ id }) => id,
				(one) => html`<li>${one.kind === "image" ? this.image(one) : fileName(one)}</li>`,
			)}
		</ul>`;
	}

	private image(attachment: Attachment): TemplateResult {
		return html`<ai-assistant-image
			.attachment=${attachment}
			.actions=${this.actions}
			.locale=${this.locale}
		></ai-assistant-image>`;
	}

	private footer(): TemplateResult {
		const { texts } = this.locale;
		return html`<footer>
			${branches(this.message.id, this.message.siblings, this.actions, texts)}
			${quietButton("edit", texts.edit, () => this.edit())}
		</footer>`;
	}

	private failure(): TemplateResult {
		const { texts } = this.locale;
		return html`<div class="failure">
			<p>${texts.unanswered}</p>
			<button type="button" class="plain" @click=${() => this.actions.regenerate(this.message.id)}>
				${icon("retry")} ${texts.retry}
			</button>
		</div>`;
	}

	private editor(): TemplateResult {
		const { texts } = this.locale;
		return html`<form class="editor" @submit=${this.save} @keydown=${this.key}>
			<textarea
				name="text"
				dir="auto"
				rows="3"
				required
				aria-label=${texts.edit}
				.value=${this.message.content}
			></textarea>
			<div class="buttons">
				<button type="button" class="plain" @click=${this.leave}>${texts.cancel}</button>
				<button class="primary" ?disabled=${this.isSaving}>${texts.saveAndSend}</button>
			</div>
		</form>`;
	}

	private save(event: Event): void {
		event.preventDefault();
		const text = this.querySelector("textarea")?.value.trim();
		if (!text || text === this.message.content) this.leave();
		else if (!this.isSaving) void this.send(text);
	}

	/** The wording stays where it was written until the site has it. */
	private async send(text: string): Promise<void> {
		this.isSaving = true;
		try {
			await this.actions.edit(this.message.id, text);
			this.leave();
		} catch {
			this.querySelector("textarea")?.focus();
		} finally {
			this.isSaving = false;
		}
	}

	private key(event: KeyboardEvent): void {
		if (event.key === "Escape") {
			event.stopPropagation();
			this.leave();
		} else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
			this.save(event);
		}
	}

	private leave(): void {
		this.isEditing = false;
		void this.updateComplete.then(() => this.querySelector<HTMLElement>("footer button:last-child")?.focus());
	}
}

/** Nothing for a message of images alone. */
export function words(text: string): unknown {
	return text ? html`<div class="said" dir="auto">${text}</div>` : nothing;
}

define("ai-assistant-question", QuestionView);
