import type { ModelChoice, Sending, SendRequest } from "@ai-assistant/client";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";

import { Attachments, BOUNDS } from "../attachments.js";
import { icon } from "../icon.js";
import type { Memory } from "../memory.js";
import { said } from "../said.js";
import { define, Part } from "./part.js";
import { quietButton } from "./quiet-button.js";

const NONE = new Attachments();

/** Where a message is written. Events: `ask` with a SendRequest, `halt`, `edit-last`. */
export class Composer extends Part {
	@property({ attribute: false }) memory!: Memory;
	@property({ attribute: false }) conversation = "";
	/** Whose draft this is: the conversation's, or `new` where the site has none. */
	@property({ attribute: false }) draft = "";
	@property({ attribute: false }) sending: readonly Sending[] = [];
	@property({ attribute: false }) isAnswering = false;
	@property({ attribute: false }) models: readonly ModelChoice[] = [];
	/** `provider/model`; "" for the site's own choice. */
	@property({ attribute: false }) model = "";
	@state() private refusals: readonly string[] = [];
	@state() private isEmpty = true;
	@query("textarea") private readonly field!: HTMLTextAreaElement;
	/** What is attached to each draft. */
	private readonly attached = new Map<string, Attachments>();

	override focus(): void {
		this.field.focus();
	}

	/** Brings back what was sent, to be written anew. */
	take(request: SendRequest): void {
		this.attachments = Attachments.of(request).and(this.attachments);
		this.field.value = joined(said(request), this.field.value);
		this.grow();
		this.focus();
	}

	protected override updated(changed: PropertyValues<this>): void {
		const before = changed.get("draft");
		if (changed.has("conversation")) this.begin();
		else if (before !== undefined) this.move(before);
		if (changed.has("sending") || changed.has("draft")) {
			const unsent = this.sending.filter(({ messageId }) => messageId === null);
			this.memory.keepUnsent(this.draft, joined(...unsent.map(({ request }) => said(request))));
		}
	}

	private begin(): void {
		this.refusals = [];
		this.field.value = this.remembered();
		this.grow();
	}

	/** A new conversation became one of the site, or the site has it no more: what is typed goes on. */
	private move(before: string): void {
		this.memory.keepDraft(before, "");
		this.memory.keepUnsent(before, "");
		this.attachments = (this.attached.get(before) ?? NONE).and(this.attachments);
		this.attached.delete(before);
		this.field.value = joined(this.remembered(), this.field.value);
		this.grow();
	}

	/** What was typed here, below what was on its way when the page was left. */
	private remembered(): string {
		const { draft, memory } = this;
		return joined(this.sending.length ? "" : memory.unsent(draft), memory.draft(draft));
	}

	private get attachments(): Attachments {
		return this.attached.get(this.draft) ?? NONE;
	}

	private set attachments(attachments: Attachments) {
		this.attached.set(this.draft, attachments);
		this.requestUpdate();
	}

	protected override render(): TemplateResult {
		const { texts } = this.locale;
		return html`<form class="composer" @submit=${this.submit} @dragover=${this.allow} @drop=${this.drop}>
			${this.material()}
			<textarea
				rows="1"
				dir="auto"
				aria-label=${texts.message}
				placeholder=${texts.message}
				@input=${this.grow}
				@keydown=${this.key}
				@paste=${this.paste}
			></textarea>
			<div class="tools">
				<label
					class="quiet attach"
					title="${texts.attach}. ${texts.attachBounds(BOUNDS.files, BOUNDS.images)}"
				>
					${icon("attach")}
					<input type="file" multiple aria-label=${texts.attach} @change=${this.choose} />
				</label>
				${this.modelChoice()} <span class="space"></span> ${this.button()}
			</div>
		</form>`;
	}

	private material(): unknown {
		const { all, files } = this.attachments;
		const { texts } = this.locale;
		if (this.attachments.isEmpty && !this.refusals.length) return nothing;
		return html`<ul class="material">
				${all.map(
					(attached) =>
						html`<li class="chip">
							<span dir="auto">${attached.name}</span>
							${quietButton("close", texts.remove(attached.name), () => {
								this.attachments = this.attachments.without(attached);
								this.grow();
							})}
						</li>`,
				)}
			</ul>
			${files.length && this.isEmpty ? html`<p class="hint" role="status">${texts.attachNeedsText}</p>` : nothing}
			${this.refusals.map((refusal) => html`<p class="refusal" role="alert">${refusal}</p>`)}`;
	}

	private modelChoice(): unknown {
		if (this.models.length < 2) return nothing;
		return html`<select aria-label=${this.locale.texts.model} @change=${this.chooseModel}>
			${this.models.map((choice) => {
				const value = `${choice.provider}/${choice.model}`;
				const isChosen = this.model ? this.model === value : choice.is_default;
				const isShared = this.models.some((other) => other !== choice && other.model === choice.model);
				return html`<option value=${value} .selected=${isChosen}>${isShared ? value : choice.model}</option>`;
			})}
		</select>`;
	}

	private button(): TemplateResult {
		const { texts } = this.locale;
		if (this.isAnswering && this.isEmpty) {
			return html`<button
				type="button"
				class="primary round"
				title=${texts.stop}
				aria-label=${texts.stop}
				@click=${this.halt}
			>
				${icon("stop")}
			</button>`;
		}
		return html`<button
			class="primary round"
			title=${texts.send}
			aria-label=${texts.send}
			?disabled=${this.isEmpty}
		>
			${icon("send")}
		</button>`;
	}

	private submit(event: Event): void {
		event.preventDefault();
		const text = this.field.value.trim();
		if (!text && !this.attachments.images.length) return;
		const request = this.attachments.request(text);
		this.field.value = "";
		this.attachments = NONE;
		this.refusals = [];
		this.grow();
		this.dispatchEvent(new CustomEvent<SendRequest>("ask", { detail: request }));
	}

	private halt(): void {
		this.dispatchEvent(new CustomEvent("halt"));
		this.focus();
	}

	private key(event: KeyboardEvent): void {
		if (event.isComposing) return;
		if (event.key === "Enter" && !event.shiftKey) this.submit(event);
		if (event.key === "ArrowUp" && !this.field.value) {
			event.preventDefault();
			this.dispatchEvent(new CustomEvent("edit-last"));
		}
	}

	/** To the height of the text; and the text is the draft. */
	private grow(): void {
		const { field } = this;
		field.style.height = "auto";
		field.style.height = `${field.scrollHeight}px`;
		this.isEmpty = !field.value.trim() && !this.attachments.images.length;
		this.memory.keepDraft(this.draft, field.value);
	}

	private chooseModel(event: Event): void {
		const { value } = event.target as HTMLSelectElement;
		this.dispatchEvent(new CustomEvent("model", { detail: value }));
	}

	private choose(event: Event): void {
		const input = event.target as HTMLInputElement;
		void this.attach(input.files).then(() => (input.value = ""));
	}

	private allow(event: DragEvent): void {
		if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
	}

	private drop(event: DragEvent): void {
		this.receive(event, event.dataTransfer);
	}

	private paste(event: ClipboardEvent): void {
		this.receive(event, event.clipboardData);
	}

	/** Files are attached; text goes its usual way. */
	private receive(event: Event, brought: DataTransfer | null): void {
		if (!brought?.files.length) return;
		event.preventDefault();
		void this.attach(brought.files);
	}

	private async attach(files: FileList | null): Promise<void> {
		this.refusals = [];
		for (const file of files ?? []) {
			try {
				this.attachments = await this.attachments.with(file, this.locale);
			} catch (error) {
				this.refusals = [...this.refusals, (error as Error).message];
			}
		}
		this.grow();
		this.focus();
	}
}

/** One below the other, without those that are empty. */
function joined(...texts: string[]): string {
	return texts.filter(Boolean).join("\n\n");
}

define("ai-assistant-composer", Composer);
