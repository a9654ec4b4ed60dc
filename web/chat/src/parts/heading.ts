import type { Conversation } from "@ai-assistant/client";
import { html, nothing, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";

import { icon, type IconName } from "../icon.js";
import type { Session } from "../session.js";
import { define, Part } from "./part.js";

/** The title of the conversation and what can be done with all of it. Events: `list`, `begin`, `help`. */
export class Heading extends Part {
	@property({ attribute: false }) session!: Session;
	/** Null for one in which nothing was said yet. */
	@property({ attribute: false }) conversation: Conversation | null = null;
	@property({ attribute: false }) isListOpen = false;
	@state() private isRenaming = false;
	@query("dialog") private readonly question!: HTMLDialogElement | null;

	protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
		const before = changed.get("conversation") as Conversation | null | undefined;
		if (before && before.id !== this.conversation?.id) this.isRenaming = false;
	}

	protected override render(): TemplateResult {
		const { texts } = this.locale;
		return html`<header class="heading">
			${this.button("menu", texts.conversations, () => this.tell("list"), this.isListOpen)}
			${this.conversation ? this.arranging(this.conversation) : html`<span class="title"></span>`}
			${this.button("keyboard", texts.shortcuts, () => this.tell("help"))}
			${this.button("new", texts.newConversation, () => this.tell("begin"))}
		</header>`;
	}

	private arranging(conversation: Conversation): TemplateResult {
		const { texts } = this.locale;
		const isArchived = conversation.status === "archived";
		const title = conversation.title || texts.untitled;
		return html`${this.isRenaming ? this.renaming(conversation) : html`<h2 class="title" dir="auto">${title}</h2>`}
			${this.isRenaming ? nothing : this.button("edit", texts.rename, () => this.startRenaming())}
			${this.button(
				"archive",
				isArchived ? texts.restore : texts.archive,
				() => this.session.archive(!isArchived),
				isArchived,
			)}
			${this.button("delete", texts.delete, () => this.question?.showModal())}
			<dialog aria-labelledby="delete">
				<form method="dialog" @submit=${this.answered}>
					<p id="delete" dir="auto">${texts.deleteQuestion(title)}</p>
					<div class="buttons">
						<button class="plain" value="no" autofocus>${texts.cancel}</button>
						<button class="primary danger" value="yes">${texts.delete}</button>
					</div>
				</form>
			</dialog>`;
	}

	private renaming({ title }: Conversation): TemplateResult {
		return html`<form class="title" @submit=${this.rename} @keydown=${this.key} @focusout=${this.rename}>
			<input aria-label=${this.locale.texts.rename} maxlength="140" required dir="auto" .value=${title} />
		</form>`;
	}

	private button(name: IconName, label: string, act: () => void, isPressed?: boolean): TemplateResult {
		return html`<button
			type="button"
			class="quiet ${name}"
			title=${label}
			aria-label=${label}
			aria-pressed=${isPressed ?? nothing}
			@click=${act}
		>
			${icon(name)}
		</button>`;
	}

	private startRenaming(): void {
		this.isRenaming = true;
		void this.updateComplete.then(() => this.querySelector<HTMLInputElement>(".title input")?.select());
	}

	private rename(event: Event): void {
		event.preventDefault();
		const title = this.querySelector<HTMLInputElement>(".title input")?.value.trim();
		if (!this.isRenaming) return;
		this.isRenaming = false;
		if (title && title !== this.conversation?.title) this.session.rename(title);
	}

	private key(event: KeyboardEvent): void {
		if (event.key !== "Escape") return;
		event.preventDefault();
		this.isRenaming = false;
	}

	private answered(event: SubmitEvent): void {
		if ((event.submitter as HTMLButtonElement).value === "yes") this.session.delete();
	}

	private tell(event: string): void {
		this.dispatchEvent(new CustomEvent(event));
	}
}

define("ai-assistant-heading", Heading);
