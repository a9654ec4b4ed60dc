import type { Conversation } from "@ai-assistant/client";
import { html, nothing, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";

import { icon, type IconName } from "../icon.js";
import type { Session } from "../session.js";
import type { Texts } from "../texts/texts.js";
import { define, Part } from "./part.js";
import { quietButton } from "./quiet-button.js";

/** Pixels between the menu and the edge of the window. */
const MARGIN = 8;

/** Asks the chat for the menu of a conversation, beside the button that is the event's target. */
export type Arrange = CustomEvent<Conversation>;

/** The button that asks for it. */
export function menuButton(conversation: Conversation, texts: Texts): TemplateResult {
	return quietButton("more", texts.arrange(conversation.title || texts.untitled), ({ currentTarget }) =>
		currentTarget?.dispatchEvent(new CustomEvent("arrange", { detail: conversation, bubbles: true })),
	);
}

/** What can be done with all of a conversation. Event: `delete` with its id. */
export class ConversationMenu extends Part {
	@property({ attribute: false }) session!: Session;
	@state() private conversation: Conversation | null = null;
	@query("[popover]") private readonly menu!: HTMLElement;
	@query(".renaming") private readonly renaming!: HTMLDialogElement;
	@query(".deletion") private readonly deletion!: HTMLDialogElement;
	@query("input") private readonly field!: HTMLInputElement;

	private button: HTMLElement | undefined;

	/** Opens the menu of a conversation at a button. */
	async show(conversation: Conversation, button: HTMLElement): Promise<void> {
		this.conversation = conversation;
		this.button = button;
		await this.updateComplete;
		const { menu } = this;
		const place = button.getBoundingClientRect();
		menu.showPopover();
		menu.style.top = `${Math.min(place.bottom, innerHeight - menu.offsetHeight - MARGIN)}px`;
		menu.style.left = `${Math.min(place.left, innerWidth - menu.offsetWidth - MARGIN)}px`;
	}

	protected override render(): unknown {
		const { conversation } = this;
		if (!conversation) return nothing;
		const { texts } = this.locale;
		const isArchived = conversation.status === "archived";
		return html`<div popover role="menu" class="actions" @keydown=${this.key} @beforetoggle=${this.toggled}>
				${this.item("edit", texts.rename, () => this.startRenaming(conversation))}
				${this.item("archive", isArchived ? texts.restore : texts.archive, () =>
					this.session.archive(conversation.id, !isArchived),
				)}
				${this.item("delete", texts.delete, () => this.deletion.showModal())}
			</div>
			${this.renamingDialog(conversation)} ${this.deletionDialog(conversation)}`;
	}

	private item(name: IconName, text: string, act: () => void): TemplateResult {
		const choose = (): void => {
			this.menu.hidePopover();
			act();
		};
		return html`<button type="button" role="menuitem" ?autofocus=${name === "edit"} @click=${choose}>
			${icon(name)} ${text}
		</button>`;
	}

	private renamingDialog({ id, title }: Conversation): TemplateResult {
		const { texts } = this.locale;
		const rename = (): void => {
			const given = this.field.value.trim();
			if (given && given !== title) this.session.rename(id, given);
		};
		return html`<dialog class="renaming">
			<form method="dialog" @submit=${rename}>
				<input aria-label=${texts.rename} maxlength="140" required dir="auto" />
				<div class="buttons">
					<button type="button" class="plain" @click=${() => this.renaming.close()}>${texts.cancel}</button>
					<button class="primary">${texts.save}</button>
				</div>
			</form>
		</dialog>`;
	}

	private deletionDialog({ id, title }: Conversation): TemplateResult {
		const { texts } = this.locale;
		const answered = (event: SubmitEvent): void => {
			if ((event.submitter as HTMLButtonElement).value === "yes")
				this.dispatchEvent(new CustomEvent("delete", { detail: id }));
		};
		return html`<dialog class="deletion" aria-labelledby="delete">
			<form method="dialog" @submit=${answered}>
				<p id="delete" dir="auto">${texts.deleteQuestion(title || texts.untitled)}</p>
				<div class="buttons">
					<button class="plain" value="no" autofocus>${texts.cancel}</button>
					<button class="primary danger" value="yes">${texts.delete}</button>
				</div>
			</form>
		</dialog>`;
	}

	private startRenaming({ title }: Conversation): void {
		this.renaming.showModal();
		this.field.value = title;
		this.field.select();
	}

	/** Chromium gives the focus back to no element of a shadow root. */
	private toggled({ newState }: ToggleEvent): void {
		if (newState === "closed" && this.menu.matches(":focus-within")) this.button?.focus();
	}

	/** To the item above or below; Tab goes on from the button. */
	private key(event: KeyboardEvent): void {
		if (event.key === "Tab") this.menu.hidePopover();
		const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
		const step = steps[event.key];
		if (!step) return;
		event.preventDefault();
		const items = [...this.menu.querySelectorAll("button")];
		items.at((items.indexOf(event.target as HTMLButtonElement) + step) % items.length)?.focus();
	}
}

define("ai-assistant-conversation-menu", ConversationMenu);
