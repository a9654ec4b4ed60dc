import { icon } from "@ai-assistant/chat/look";
import { html, nothing, type TemplateResult } from "lit";
import { query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { Part } from "../part.js";
import type { Provider, Trial } from "../replies.js";
import { get, own, post } from "../site.js";
import type { ProviderForm } from "./provider-form.js";
import "./provider-form.js";

/** Who generates, in the order in which they are asked. */
export class Providers extends Part {
	@state() private providers: readonly Provider[] = [];
	/** By the name of the provider; null while it is asked. */
	@state() private trials: ReadonlyMap<string, Trial | null> = new Map();
	@state() private told = "";
	@state() private removed: Provider | undefined;
	/** The place of the one that is dragged, and the place over which it is. */
	@state() private dragged: number | null = null;
	@state() private target: number | null = null;
	@query("ai-assistant-provider-form") private readonly form!: ProviderForm;
	@query("#remove") private readonly question!: HTMLDialogElement;

	override connectedCallback(): void {
		super.connectedCallback();
		void this.load();
	}

	protected override render(): TemplateResult {
		const { locale } = this;
		const { texts } = locale;
		return html`<main class="view" tabindex="0">
			<div class="head">
				<h1>${texts.providers}</h1>
				<button type="button" class="primary" @click=${() => this.form.show()}>${texts.addProvider}</button>
			</div>
			<p class="hint">${texts.providersHint}</p>
			${this.alert()}
			<ol class="cards">
				${repeat(
					this.providers,
					({ name }) => name,
					(provider, place) => this.card(provider, place),
				)}
			</ol>
			<p class="unseen" role="status">${this.told}</p>
			<ai-assistant-provider-form .locale=${locale} @saved=${this.load}></ai-assistant-provider-form>
			<dialog id="remove" aria-labelledby="remove-question">
				<form method="dialog" @submit=${this.answered}>
					<p id="remove-question">${texts.removeQuestion(this.removed?.name ?? "")}</p>
					<div class="buttons">
						<button class="plain" value="no" autofocus>${texts.cancel}</button>
						<button class="primary danger" value="yes">${texts.remove}</button>
					</div>
				</form>
			</dialog>
		</main>`;
	}

	private card(provider: Provider, place: number): TemplateResult {
		const { texts } = this.locale;
		const { name } = provider;
		return html`<li
			class="card ${provider.is_enabled ? "" : "off"} ${this.mark(place)}"
			draggable=${this.providers.length > 1}
			@dragstart=${(event: DragEvent) => this.drag(event, place)}
			@dragover=${(event: DragEvent) => this.hover(event, place)}
			@drop=${(event: DragEvent) => this.drop(event, place)}
			@dragend=${() => (this.dragged = this.target = null)}
		>
			<div class="order">
				${this.mover("up", texts.moveUp(name), place, place - 1)}
				${this.mover("down", texts.moveDown(name), place, place + 1)}
			</div>
			<div class="what">
				<strong dir="auto">${name}</strong> ${this.states(provider)}
				<small
					>${texts.kinds[provider.kind]}${provider.base_url ? html` · ${provider.base_url}` : nothing}</small
				>
				<small>${provider.models.map((model) => model.name).join(", ")}</small>
				${this.trial(name)}
			</div>
			${this.buttons(provider)}
		</li>`;
	}

	private states({ is_enabled, is_of_file, has_key, kind }: Provider): TemplateResult {
		const { texts } = this.locale;
		const state = (text: string, title = "") => html`<span class="state" title=${title}>${text}</span>`;
		return html`${is_enabled ? nothing : state(texts.disabled)}
		${is_of_file ? state(texts.ofFile, texts.ofFileHint) : nothing}
		${has_key || kind === "scripted" ? nothing : state(texts.noKey)}`;
	}

	private buttons(provider: Provider): TemplateResult {
		const { texts } = this.locale;
		const { name, is_enabled } = provider;
		const button = (text: string, act: () => unknown, isOff = false) =>
			html`<button type="button" class="plain" aria-label="${text}: ${name}" ?disabled=${isOff} @click=${act}>
				${text}
			</button>`;
		return html`<div class="buttons">
			${button(texts.test, () => this.test(name), this.trials.get(name) === null)}
			${provider.is_of_file ? nothing : button(texts.change, () => this.form.show(provider))}
			${button(is_enabled ? texts.disable : texts.enable, () => this.enable(name, !is_enabled))}
			${provider.is_of_file ? nothing : button(texts.remove, () => this.ask(provider))}
		</div>`;
	}

	private mover(way: "up" | "down", label: string, from: number, to: number): TemplateResult {
		return html`<button
			type="button"
			class="quiet ${way}"
			title=${label}
			aria-label=${label}
			?disabled=${to < 0 || to >= this.providers.length}
			@click=${() => this.move(from, to, way)}
		>
			${icon("down")}
		</button>`;
	}

	private trial(name: string): unknown {
		const { texts } = this.locale;
		const trial = this.trials.get(name);
		if (trial === undefined) return nothing;
		if (trial === null) return html`<p class="trial" role="status">${texts.testing}</p>`;
		return html`<p class="trial ${trial.success ? "well" : "failed"}" role="status">
			${icon(trial.success ? "check" : "close")} <span>${trial.detail} ${trial.remedy}</span>
		</p>`;
	}

	private readonly load = async (): Promise<void> => {
		const list = await this.attempt(get<{ providers: Provider[] }>(own("admin.providers")));
		if (list) this.providers = list.providers;
	};

	private async do(method: string, parameters: Record<string, unknown>): Promise<void> {
		const done = await this.attempt(post(own(`admin.${method}`), parameters));
		if (done) await this.load();
	}

	/** Where the one that is dragged would go. */
	private mark(place: number): "" | "before" | "after" {
		if (this.dragged === null || place !== this.target || place === this.dragged) return "";
		return place < this.dragged ? "before" : "after";
	}

	private drag({ dataTransfer }: DragEvent, place: number): void {
		// Without data, Firefox drags nothing.
		dataTransfer?.setData("text/plain", this.providers[place]?.name ?? "");
		this.dragged = place;
	}

	private hover(event: DragEvent, place: number): void {
		if (this.dragged === null) return;
		event.preventDefault();
		this.target = place;
	}

	private drop(event: DragEvent, place: number): void {
		event.preventDefault();
		if (this.dragged !== null && place !== this.dragged) void this.reorder(this.dragged, place);
	}

	private async reorder(from: number, to: number): Promise<void> {
		const providers = [...this.providers];
		providers.splice(to, 0, ...providers.splice(from, 1));
		this.providers = providers;
		this.told = this.locale.texts.position(providers[to]?.name ?? "", to + 1);
		await this.do("order_providers", { names: providers.map(({ name }) => name) });
	}

	/** The button that was used keeps the focus, so that it can be used again. */
	private async move(from: number, to: number, way: "up" | "down"): Promise<void> {
		const ordered = this.reorder(from, to);
		await this.updateComplete;
		const card = this.querySelectorAll(".card")[to];
		(
			card?.querySelector<HTMLElement>(`.${way}:enabled`) ??
			card?.querySelector<HTMLElement>(".order :enabled")
		)?.focus();
		await ordered;
	}

	private enable(name: string, is_enabled: boolean): Promise<void> {
		return this.do("enable_provider", { name, is_enabled });
	}

	private async test(name: string): Promise<void> {
		this.note(name, null);
		const trial = await this.attempt(post<Trial>(own("admin.test_provider"), { name }));
		this.note(name, trial);
	}

	private note(name: string, trial: Trial | null | undefined): void {
		const trials = new Map(this.trials);
		if (trial === undefined) trials.delete(name);
		else trials.set(name, trial);
		this.trials = trials;
	}

	private ask(provider: Provider): void {
		this.removed = provider;
		this.question.showModal();
	}

	private answered(event: SubmitEvent): void {
		const isSure = (event.submitter as HTMLButtonElement).value === "yes";
		if (isSure && this.removed) void this.do("remove_provider", { name: this.removed.name });
	}
}

customElements.define("ai-assistant-providers", Providers);
