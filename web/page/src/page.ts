import { controls, theme } from "@ai-assistant/chat/look";
import type { Chat } from "@ai-assistant/chat";
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { query, state } from "lit/decorators.js";
import { keyed } from "lit/directives/keyed.js";

import { Locale } from "./locale.js";
import type { Account } from "./replies.js";
import { get, own, post } from "./site.js";
import { forms } from "./styles/forms.js";
import { layout } from "./styles/layout.js";
import { tables } from "./styles/tables.js";
import { bestLanguage } from "./texts/texts.js";
import "./sign-in.js";

const ADMIN_VIEWS = ["providers", "users", "runs", "live"] as const;

type AdminView = (typeof ADMIN_VIEWS)[number];
type View = "chat" | AdminView;

/** The whole page: signing in, the chat and, for administrators, the site. The address keeps the place. */
export class Page extends LitElement {
	static override styles = [theme, controls, forms, tables, layout];

	@state() private account: Account | undefined;
	@state() private view: View = "chat";
	@state() private conversation = "";
	@state() private failure = "";
	/** Why somebody who was signed in has to do it again; what they had in view waits meanwhile. */
	@state() private reason = "";
	@query("ai-assistant-chat") private readonly shownChat!: Chat | null;

	private readonly locale = new Locale(bestLanguage(navigator.languages));

	override connectedCallback(): void {
		super.connectedCallback();
		document.documentElement.lang = this.locale.language;
		addEventListener("hashchange", this.read);
		this.read();
		void this.recognise();
	}

	override disconnectedCallback(): void {
		super.disconnectedCallback();
		removeEventListener("hashchange", this.read);
	}

	protected override render(): unknown {
		if (this.failure)
			return html`<main class="sign-in"><p class="notice failed" role="alert">${this.failure}</p></main>`;
		if (!this.account) return nothing;
		if (this.account.user === null) return this.signIn();
		return html`${this.reason ? this.signIn() : nothing}
			<div class="page" ?hidden=${this.reason !== ""} @signedout=${this.forget}>
				${this.header(this.account)}
				${this.view === "chat" || !this.account.is_admin ? this.chat(this.account) : this.administration(this.view)}
			</div>`;
	}

	protected override updated(changed: PropertyValues): void {
		const { shownChat } = this;
		if (!changed.get("reason") || this.reason || !shownChat) return;
		shownChat.resume();
		void shownChat.updateComplete.then(() => {
			shownChat.focus();
		});
	}

	private signIn(): TemplateResult {
		return html`<ai-assistant-sign-in
			.locale=${this.locale}
			.reason=${this.reason}
			@signedin=${this.recognise}
		></ai-assistant-sign-in>`;
	}

	private header(account: Account): TemplateResult {
		const { texts } = this.locale;
		return html`<header class="bar">
			<a class="brand" href="#/">AI Assistant</a>
			${
				account.is_admin
					? html`<nav aria-label=${texts.navigation}>
							${this.link("chat", texts.chat)} ${ADMIN_VIEWS.map((view) => this.link(view, texts[view]))}
						</nav>`
					: nothing
			}
			<span class="who" dir="auto">${account.full_name}</span>
			<button type="button" class="plain" @click=${this.signOut}>${texts.signOut}</button>
		</header>`;
	}

	private link(view: View, text: string): TemplateResult {
		const isCurrent = view === this.view;
		const place = view === "chat" ? `#/${this.conversation}` : `#/admin/${view}`;
		return html`<a href=${place} aria-current=${isCurrent ? "page" : nothing}>${text}</a>`;
	}

	private chat({ user }: Account): unknown {
		this.load(import("@ai-assistant/chat"));
		return keyed(
			user,
			html`<ai-assistant-chat
				lang=${this.locale.language}
				.user=${user ?? ""}
				.conversation=${this.conversation}
				@conversationchange=${(event: CustomEvent<string>) => (location.hash = `#/${event.detail}`)}
			></ai-assistant-chat>`,
		);
	}

	private administration(view: AdminView): unknown {
		if (this.reason) return nothing;
		this.load(import("./admin/views.js"));
		const { locale } = this;
		switch (view) {
			case "providers":
				return html`<ai-assistant-providers .locale=${locale}></ai-assistant-providers>`;
			case "users":
				return html`<ai-assistant-users .locale=${locale} .self=${this.account?.user}></ai-assistant-users>`;
			case "runs":
				return html`<ai-assistant-runs .locale=${locale}></ai-assistant-runs>`;
			case "live":
				return html`<ai-assistant-live .locale=${locale}></ai-assistant-live>`;
		}
	}

	/** What a view needs comes when somebody looks at it. */
	private load(script: Promise<unknown>): void {
		script.catch(() => (this.failure = this.locale.texts.away));
	}

	private readonly read = (): void => {
		const place = location.hash.replace(/^#\/?/, "");
		const admin = ADMIN_VIEWS.find((view) => place === `admin/${view}`);
		this.view = admin ?? "chat";
		if (!admin) this.conversation = place;
	};

	private async recognise(): Promise<void> {
		try {
			this.account = await get<Account>(own("account"));
			this.failure = this.reason = "";
		} catch (error) {
			this.failure = this.locale.failure(error);
		}
	}

	private async signOut(): Promise<void> {
		try {
			await post("logout");
		} finally {
			location.assign("/");
			location.reload();
		}
	}

	private forget(): void {
		this.reason = this.locale.texts.signInAgain;
	}
}

customElements.define("ai-assistant-page", Page);
