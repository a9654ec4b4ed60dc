import { html, type TemplateResult } from "lit";
import { property, query } from "lit/decorators.js";

import { Part } from "../part.js";
import { KINDS, type Model, type Provider } from "../replies.js";
import { own, post } from "../site.js";

/** The dialog in which a provider is added or changed. Event: `saved`. */
export class ProviderForm extends Part {
	/** The one to be changed; none: a new one. */
	@property({ attribute: false }) provider: Provider | undefined;
	@query("dialog") private readonly dialog!: HTMLDialogElement;
	@query("form") private readonly form!: HTMLFormElement;

	async show(provider?: Provider): Promise<void> {
		this.provider = provider;
		this.failure = "";
		await this.updateComplete;
		this.form.reset();
		this.dialog.showModal();
	}

	protected override render(): TemplateResult {
		const { provider } = this;
		const { texts } = this.locale;
		return html`<dialog aria-labelledby="provider-form">
			<form class="fields" @submit=${this.save}>
				<h2 id="provider-form">${provider ? texts.changeProvider(provider.name) : texts.addProvider}</h2>
				${this.alert()}
				<label
					>${texts.name}
					<input
						name="name"
						required
						maxlength="140"
						autocomplete="off"
						value=${provider?.name ?? ""}
						?readonly=${provider !== undefined}
					/>
				</label>
				<label
					>${texts.kind}
					<select name="kind">
						${KINDS.map(
							(kind) =>
								html`<option value=${kind} ?selected=${kind === provider?.kind}>
									${texts.kinds[kind]}
								</option>`,
						)}
					</select>
				</label>
				<div>
					<label
						>${texts.address}
						<input
							name="base_url"
							aria-describedby="base_url-hint"
							type="url"
							inputmode="url"
							autocomplete="off"
							value=${provider?.base_url ?? ""}
						/> </label
					><small id="base_url-hint">${texts.addressHint}</small>
				</div>
				<div>
					<label
						>${texts.key}
						<input
							name="api_key"
							aria-describedby="api_key-hint"
							type="password"
							autocomplete="new-password"
						/> </label
					><small id="api_key-hint">${provider?.has_key ? texts.keyKept : texts.keyHint}</small>
				</div>
				<div>
					<label
						>${texts.models}
						<textarea
							name="models"
							aria-describedby="models-hint"
							rows="3"
							required
							spellcheck="false"
							.defaultValue=${namesOf(provider)}
						></textarea></label
					><small id="models-hint">${texts.modelsHint}</small>
				</div>
				<label class="choice"
					><input
						type="checkbox"
						name="reasoning"
						?checked=${provider?.models.some((model) => model.reasoning)}
					/>${texts.thinking}</label
				>
				<div class="buttons">
					<button type="button" class="plain" @click=${() => this.dialog.close()}>${texts.cancel}</button>
					<button class="primary">${provider ? texts.save : texts.add}</button>
				</div>
			</form>
		</dialog>`;
	}

	private async save(event: SubmitEvent): Promise<void> {
		event.preventDefault();
		const method = own(this.provider ? "admin.change_provider" : "admin.add_provider");
		const done = await this.attempt(post(method, this.given()));
		if (!done) return;
		this.dialog.close();
		this.dispatchEvent(new CustomEvent("saved"));
	}

	private given(): Record<string, unknown> {
		const given = new FormData(this.form);
		const text = (name: string): string => (given.get(name) as string).trim();
		const names = text("models")
			.split("\n")
			.map((name) => name.trim());
		return {
			name: text("name"),
			kind: text("kind"),
			base_url: text("base_url") || null,
			api_key: text("api_key") || null,
			models: names.filter(Boolean).map((name) => this.model(name, given.has("reasoning"))),
			timeout: this.provider?.timeout,
		};
	}

	/** What else is known of a model stays: its prices and bounds. */
	private model(name: string, reasoning: boolean): Model {
		const known = this.provider?.models.find((model) => model.name === name);
		return { ...known, name, reasoning };
	}
}

function namesOf(provider: Provider | undefined): string {
	return provider?.models.map((model) => model.name).join("\n") ?? "";
}

customElements.define("ai-assistant-provider-form", ProviderForm);
