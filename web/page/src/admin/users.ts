import { copy } from "@ai-assistant/chat/look";
import { html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import { Part } from "../part.js";
import type { AddedUser, User } from "../replies.js";
import { get, own, post } from "../site.js";

/** Who may ask, and who may administer. */
export class Users extends Part {
	/** Who looks at it. */
	@property() self = "";
	@state() private users: readonly User[] = [];
	@state() private added: AddedUser | undefined;
	/** What the button says of it. */
	@state() private copied: "copy" | "copied" | "copyFailed" = "copy";

	override connectedCallback(): void {
		super.connectedCallback();
		void this.load();
	}

	protected override render(): TemplateResult {
		const { texts } = this.locale;
		return html`<main class="view" tabindex="0">
			<h1>${texts.users}</h1>
			${this.alert()} ${this.added ? this.password(this.added) : nothing}
			<form class="row" @submit=${this.add} aria-label=${texts.addUser}>
				<label
					>${texts.userName}
					<input
						name="name"
						required
						maxlength="140"
						pattern="[^\\s:]+"
						title=${texts.userNameHint}
						autocomplete="off"
					/>
				</label>
				<label class="choice"><input type="checkbox" name="is_admin" />${texts.administrator}</label>
				<button class="primary">${texts.addUser}</button>
			</form>
			<ul class="cards">
				${this.users.map((user) => this.card(user))}
			</ul>
		</main>`;
	}

	private card(user: User): TemplateResult {
		const { texts } = this.locale;
		const button = (text: string, changes: Record<string, boolean>) =>
			html`<button
				type="button"
				class="plain"
				aria-label="${text}: ${user.name}"
				@click=${() => this.change(user, changes)}
			>
				${text}
			</button>`;
		return html`<li class="card">
			<div class="what">
				<strong dir="auto">${user.name}</strong>
				${user.name === this.self ? html`<span class="state">${texts.onlyYou}</span>` : nothing}
				${user.is_admin ? html`<span class="state completed">${texts.administrator}</span>` : nothing}
				${user.is_disabled ? html`<span class="state failed">${texts.disabled}</span>` : nothing}
			</div>
			<div class="buttons">
				${button(user.is_admin ? texts.takeAdmin : texts.makeAdmin, { is_admin: !user.is_admin })}
				${button(user.is_disabled ? texts.enable : texts.disable, { is_disabled: !user.is_disabled })}
			</div>
		</li>`;
	}

	private password({ name, password }: AddedUser): TemplateResult {
		const { texts } = this.locale;
		return html`<p class="notice" role="status">
			<span>${texts.newPassword(name)} <code>${password}</code></span>
			<button type="button" class="plain" @click=${() => this.copy(password)}>${texts[this.copied]}</button>
		</p>`;
	}

	private async copy(password: string): Promise<void> {
		this.copied = (await copy(password)) ? "copied" : "copyFailed";
	}

	private async load(): Promise<void> {
		const list = await this.attempt(get<{ users: User[] }>(own("admin.users")));
		if (list) this.users = list.users;
	}

	private async add(event: SubmitEvent): Promise<void> {
		event.preventDefault();
		const form = event.target as HTMLFormElement;
		const given = new FormData(form);
		const asked = { name: given.get("name"), is_admin: given.has("is_admin") };
		const added = await this.attempt(post<AddedUser>(own("admin.add_user"), asked));
		if (!added) return;
		this.added = added;
		this.copied = "copy";
		form.reset();
		await this.load();
	}

	private async change(user: User, changes: Record<string, boolean>): Promise<void> {
		const done = await this.attempt(post(own("admin.change_user"), { name: user.name, ...changes }));
		if (done) await this.load();
	}
}

customElements.define("ai-assistant-users", Users);
