import type { ConversationState, Sending } from "@ai-assistant/client";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import type { Actions } from "../actions.js";
import { Attachments } from "../attachments.js";
import { Follower } from "../follower.js";
import { icon } from "../icon.js";
import { said } from "../said.js";
import { type Turn, turnsOf } from "../turns.js";
import { fileName } from "./image-view.js";
import { define, Part } from "./part.js";
import { type QuestionView, words } from "./question-view.js";
import "./answer-view.js";

/** What was said in a conversation, the newest at the end. Events: `reword` and `discard` with a Sending. */
export class Thread extends Part {
	@property({ attribute: false }) state!: ConversationState;
	@property({ attribute: false }) actions!: Actions;
	@state() private isAway = false;
	@query(".scroller") private readonly scroller!: HTMLElement;
	@query(".turns") private readonly content!: HTMLElement;

	private follower: Follower | undefined;
	private hadFocus = false;

	/** Opens the user's last message for another wording. */
	editLast(): void {
		[...this.querySelectorAll<QuestionView>("ai-assistant-question")].at(-1)?.edit();
	}

	override disconnectedCallback(): void {
		super.disconnectedCallback();
		this.follower?.close();
		this.follower = undefined;
	}

	/** The reader stays with the message he is at when earlier ones come before it. */
	protected override willUpdate(changed: PropertyValues<this>): void {
		this.hadFocus = this.matches(":focus-within");
		const before = changed.get("state")?.messages[0];
		const first = this.querySelector(".turn");
		if (before && first && this.state.messages.indexOf(before) > 0) this.follower?.hold(first);
	}

	protected override render(): TemplateResult {
		const { locale } = this;
		const turns = turnsOf(this.state);
		return html`<div class="scroller" tabindex="0" role="region" aria-label=${locale.texts.messages}>
				<div class="turns">
					${this.older()}
					${repeat(
						turns,
						({ key }) => key,
						(turn, index) => this.turn(turn, index === turns.length - 1),
					)}
					${turns.length ? nothing : this.beginning()}
				</div>
			</div>
			${
				this.isAway
					? html`<button type="button" class="jump" @click=${() => this.follower?.jump()}>
							${icon("down")} ${locale.texts.jump}
						</button>`
					: nothing
			}`;
	}

	protected override updated(changed: PropertyValues<this>): void {
		this.follower ??= new Follower(this.scroller, this.content, (isAway) => (this.isAway = isAway));
		const before = changed.get("state");
		const hasAsked = this.state.sending.length > (before?.sending.length ?? 0);
		if (before && (before.id !== this.state.id || hasAsked)) this.follower.resume();
		this.keepFocus();
	}

	/** The focus stays here when what had it goes. */
	private keepFocus(): void {
		if (this.hadFocus && !this.matches(":focus-within")) this.scroller.focus({ preventScroll: true });
	}

	private turn(turn: Turn, isLast: boolean): TemplateResult {
		const { locale, actions } = this;
		switch (turn.kind) {
			case "answer":
				return html`<ai-assistant-answer
					class=${isLast ? "turn last" : "turn"}
					.locale=${locale}
					.actions=${actions}
					.answer=${turn.answer}
				></ai-assistant-answer>`;
			case "question":
				return html`<ai-assistant-question
					class="turn"
					.locale=${locale}
					.actions=${actions}
					.message=${turn.message}
					.isUnanswered=${isLast && this.state.isLoaded}
				></ai-assistant-question>`;
			case "sending":
				return this.sending(turn.sending);
		}
	}

	private sending(sending: Sending): TemplateResult {
		const { texts } = this.locale;
		const { request, failure, messageId } = sending;
		return html`<article class="question turn sending" aria-label=${texts.you}>
			${words(said(request))} ${material(Attachments.of(request))}
			${
				failure
					? html`<div class="failure">
							<p dir="auto">${this.locale.failure(failure)}</p>
							<button type="button" class="plain" @click=${() => this.actions.resend(sending)}>
								${icon("retry")} ${texts.retry}
							</button>
							<button type="button" class="plain" @click=${() => this.tell("reword", sending)}>
								${icon("edit")} ${texts.edit}
							</button>
							<button type="button" class="plain" @click=${() => this.tell("discard", sending)}>
								${icon("close")} ${texts.discard}
							</button>
						</div>`
					: messageId === null
						? html`<p class="state">${texts.sending}</p>`
						: nothing
			}
		</article>`;
	}

	private tell(event: "discard" | "reword", sending: Sending): void {
		this.dispatchEvent(new CustomEvent<Sending>(event, { detail: sending }));
	}

	private older(): unknown {
		if (!this.state.hasOlder) return nothing;
		return html`<button type="button" class="plain older" @click=${() => this.actions.loadOlder()}>
			${this.locale.texts.older}
		</button>`;
	}

	private beginning(): TemplateResult {
		const { texts } = this.locale;
		const { failure } = this.state;
		if (failure) return html`<p class="hint" dir="auto">${this.locale.failure(failure)}</p>`;
		if (!this.state.isLoaded) return html`<p class="hint">${texts.loading}</p>`;
		return html`<div class="beginning">
			<h1>${texts.empty}</h1>
			<p>${texts.emptyHint} <span class="keyboard">${texts.shortcutsHint}</span></p>
		</div>`;
	}
}

function material({ all, isEmpty }: Attachments): unknown {
	if (isEmpty) return nothing;
	return html`<ul class="material">
		${all.map((one) => html`<li>${fileName(one)}</li>`)}
	</ul>`;
}

define("ai-assistant-thread", Thread);
