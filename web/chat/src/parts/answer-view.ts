import { html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import type { Actions } from "../actions.js";
import { type Answer, hasEnded } from "../answer.js";
import { copyButton } from "../copy-button.js";
import { icon } from "../icon.js";
import { branches } from "./branches.js";
import type { Clock } from "./clock.js";
import { define, Part } from "./part.js";
import { quietButton } from "./quiet-button.js";
import "./clock.js";
import "./markdown.js";
import "./sources.js";

type Moment = Partial<Pick<Clock, "since" | "until" | "over">>;

/** An answer: its thinking, its text, where that is from, and what can be done with it. */
export class AnswerView extends Part {
	@property({ attribute: false }) answer!: Answer;
	@property({ attribute: false }) actions!: Actions;
	@property({ attribute: false }) isLast = false;
	@state() private mayRetry = false;

	private copy: HTMLElement | undefined;

	protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
		if (changed.has("locale")) this.copy = copyButton(() => this.answer.text, this.locale.texts);
	}

	protected override render(): TemplateResult {
		const { answer, locale } = this;
		const isWhole = hasEnded(answer);
		return html`<article class="answer" aria-label=${locale.texts.assistant} aria-busy=${!isWhole}>
			${this.thinking()} ${this.status()}
			${answer.toolCalls.map((call) => this.toolCall(call.name, call.arguments))}
			<ai-assistant-markdown
				.locale=${locale}
				.text=${answer.text}
				.isWhole=${isWhole}
			></ai-assistant-markdown>
			${
				answer.sources.length
					? html`<ai-assistant-sources .locale=${locale} .sources=${answer.sources}></ai-assistant-sources>`
					: nothing
			}
			${this.failure()} ${isWhole ? this.footer() : nothing}
		</article>`;
	}

	private thinking(): unknown {
		const { reasoning, phase, thinkingSince, thinkingSeconds } = this.answer;
		if (!reasoning) return nothing;
		const { texts } = this.locale;
		const label =
			phase === "thinking"
				? html`<span class="running">${this.clock(texts.thinking, { since: thinkingSince })}</span>`
				: thinkingSeconds === null
					? texts.thoughts
					: texts.thought(this.locale.seconds(Math.max(1, thinkingSeconds)));
		return html`<details class="thinking">
			<summary>${label}</summary>
			<ai-assistant-markdown
				.locale=${this.locale}
				.text=${reasoning}
				.isWhole=${phase !== "thinking"}
			></ai-assistant-markdown>
		</details>`;
	}

	/** What an answer without a word yet is waiting for. */
	private status(): unknown {
		const { phase, position, retryAt, askedAt, text, reasoning } = this.answer;
		const { texts } = this.locale;
		if (phase === "queued") return html`<p class="state running">${texts.queued(position)}</p>`;
		if (phase === "retrying") {
			if (retryAt === null) return html`<p class="state running">${texts.retrying}</p>`;
			return html`<p class="state running">${this.clock(texts.retryingIn, { until: retryAt })}</p>`;
		}
		if (phase !== "started" || text || reasoning) return nothing;
		return html`<p class="state running">${this.clock(texts.working, { since: askedAt })}</p>`;
	}

	private clock(say: Clock["say"], { since = null, until = null, over = null }: Moment): TemplateResult {
		return html`<ai-assistant-clock
			.locale=${this.locale}
			.now=${this.actions.now}
			.since=${since}
			.until=${until}
			.say=${say}
			.over=${over}
		></ai-assistant-clock>`;
	}

	private toolCall(name: string, given: string): TemplateResult {
		return html`<details class="tool">
			<summary>${this.locale.texts.tool(name)}</summary>
			<pre dir="ltr">${given}</pre>
		</details>`;
	}

	private failure(): unknown {
		const { phase, error, retryAt, messageId, answers } = this.answer;
		const { texts } = this.locale;
		const target = messageId ?? answers;
		if (phase !== "failed" && phase !== "stopped") return nothing;
		const mustWait = retryAt !== null && retryAt > this.actions.now() && !this.mayRetry;
		return html`<div class="failure ${phase}">
			<p dir="auto">${phase === "stopped" ? texts.interrupted : (error ?? texts.lost)}</p>
			${
				target === null
					? nothing
					: html`<button
							type="button"
							class="plain"
							?disabled=${mustWait}
							@click=${() => this.actions.regenerate(target)}
						>
							${icon("retry")}
							${
								mustWait
									? this.clock(texts.retryIn, { until: retryAt, over: () => (this.mayRetry = true) })
									: texts.retry
							}
						</button>`
			}
		</div>`;
	}

	private footer(): TemplateResult {
		const { answer, actions } = this;
		const { texts } = this.locale;
		const { messageId, feedback, text } = answer;
		return html`<footer class=${this.isLast ? "last" : ""}>
			${messageId ? branches(messageId, answer.siblings, actions, texts) : nothing}
			${text ? this.copy : nothing}
			${
				messageId
					? html`${quietButton("retry", texts.regenerate, () => actions.regenerate(messageId))}
						${this.rating("good", texts.goodAnswer, messageId, feedback?.rating)}
						${this.rating("bad", texts.badAnswer, messageId, feedback?.rating)}`
					: nothing
			}
			<small>${this.figures()}</small>
		</footer>`;
	}

	private rating(
		rating: "good" | "bad",
		label: string,
		messageId: string,
		given: string | undefined,
	): TemplateResult {
		const isGiven = rating === given;
		return quietButton(rating, label, () => this.actions.rate(messageId, isGiven ? null : rating), isGiven);
	}

	private figures(): string {
		const { model, usage, cost, firstTextMs } = this.answer;
		const { texts } = this.locale;
		const figures = [
			model,
			usage?.total_tokens ? texts.tokens(this.locale.count(usage.total_tokens)) : null,
			cost === null ? null : texts.cost(this.locale.cost(cost)),
			firstTextMs === null ? null : texts.firstWord(this.locale.moment(firstTextMs)),
		];
		return figures.filter(Boolean).join(" · ");
	}
}

define("ai-assistant-answer", AnswerView);
