import { RequestError } from "@ai-assistant/client";
import { html, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import { Part } from "./part.js";
import { post } from "./site.js";

/** The form to sign in with. Event: `signedin`. */
export class SignIn extends Part {
	/** Why somebody who was signed in has to do it again. */
	@property() reason = "";
	@state() private isAsking = false;

	protected override firstUpdated(): void {
		this.querySelector("input")?.focus();
	}

	protected override render(): TemplateResult {
		const { texts } = this.locale;
		return html`<main class="sign-in">
			<form @submit=${this.submit} aria-labelledby="sign-in">
				<h1 id="sign-in">AI Assistant</h1>
				<p class="notice failed" role="alert" ?hidden=${!(this.failure || this.reason)}>
					${this.failure || this.reason}
				</p>
				<label
					>${texts.userName}
					<input name="usr" autocomplete="username" autocapitalize="none" spellcheck="false" required />
				</label>
				<label
					>${texts.password}
					<input name="pwd" type="password" autocomplete="current-password" required />
				</label>
				<button class="primary" ?disabled=${this.isAsking}>${texts.signIn}</button>
				<details>
					<summary>${texts.noAccount}</summary>
					<p>${texts.noAccountAnswer}</p>
				</details>
			</form>
		</main>`;
	}

	private async submit(event: SubmitEvent): Promise<void> {
		event.preventDefault();
		const form = event.target as HTMLFormElement;
		const given = Object.fromEntries(new FormData(form));
		this.isAsking = true;
		try {
			await post("login", given);
			this.dispatchEvent(new Event("signedin"));
		} catch (error) {
			this.failure = this.refusal(error);
			form.querySelector<HTMLInputElement>("[name=pwd]")?.select();
		} finally {
			this.isAsking = false;
		}
	}

	private refusal(error: unknown): string {
		const { texts } = this.locale;
		if (error instanceof RequestError && error.status === 401) return texts.wrongPassword;
		if (error instanceof RequestError && error.status === 429)
			return texts.tooManySignIns(Math.ceil((error.retryAfter ?? 60) / 60));
		return this.locale.failure(error);
	}
}

customElements.define("ai-assistant-sign-in", SignIn);
