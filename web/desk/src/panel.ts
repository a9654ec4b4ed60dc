import { html, LitElement, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import type { Chat } from "@ai-assistant/chat";
import { Locale } from "@ai-assistant/chat/look";

import { deskChat, keepTyping } from "./desk-chat.js";
import { type DocumentContext, documentContext } from "./document-context.js";
import { panelStyles } from "./panel-styles.js";

/** The chat beside whatever the desk shows, with the document in view as its context. */
export class Panel extends LitElement {
	static override styles = panelStyles;

	/** What opened the panel, and has the focus again when it closes. */
	@property({ attribute: false }) opener: HTMLElement | undefined;
	@state() private document: DocumentContext | null = null;
	@state() private isTold = true;
	private readonly chat: Chat = deskChat();
	private readonly locale = new Locale(frappe.boot.lang);

	constructor() {
		super();
		this.chat.context = () => {
			this.look();
			return this.isTold ? (this.document ?? undefined) : undefined;
		};
	}

	override connectedCallback(): void {
		super.connectedCallback();
		this.setAttribute("role", "complementary");
		this.setAttribute("aria-label", __("AI Assistant"));
		frappe.router.on("change", this.look);
		$(document).on("form-refresh", this.look);
		this.addEventListener("focusin", this.look);
		this.addEventListener("keydown", this.key);
	}

	toggle(opener: HTMLElement): void {
		this.opener = opener;
		this.hidden = this.isConnected && !this.hidden;
		for (const button of document.querySelectorAll(".ai-assistant-button [aria-expanded]"))
			button.setAttribute("aria-expanded", String(!this.hidden));
		if (!this.isConnected) document.body.append(this);
		this.makeRoom();
		if (this.hidden) {
			opener.focus();
			return;
		}
		this.look();
		void this.updateComplete
			.then(() => this.chat.updateComplete)
			.then(() => {
				this.chat.focus();
			});
	}

	/** On a wide screen nothing is covered. */
	private makeRoom(): void {
		const width = this.offsetWidth;
		document.body.style.marginInlineEnd = innerWidth < 2.5 * width ? "" : `${width}px`;
	}

	protected override render(): TemplateResult {
		const { document: shown, chat } = this;
		const { texts } = this.locale;
		return html`<header>
				${shown ? this.choice(shown) : nothing}
				<button type="button" aria-label=${texts.close} title=${texts.close} @click=${this.close}>×</button>
			</header>
			${chat}`;
	}

	private choice(shown: DocumentContext): TemplateResult {
		return html`<label>
			<input type="checkbox" .checked=${this.isTold} @change=${this.choose} />
			<span dir="auto">${this.locale.texts.withDocument(`${__(shown.doctype)} ${shown.title}`)}</span>
		</label>`;
	}

	private readonly choose = (event: Event): void => {
		this.isTold = (event.target as HTMLInputElement).checked;
	};

	private readonly close = (): void => {
		if (this.opener) this.toggle(this.opener);
	};

	/** The document may have been changed, or left, while the user was elsewhere. */
	private readonly look = (): void => {
		if (!this.hidden) this.document = documentContext(frappe.get_route()[0] === "Form" ? cur_frm : null);
	};

	private readonly key = (event: KeyboardEvent): void => {
		if (event.key === "Escape" && !event.defaultPrevented) this.close();
		keepTyping(event);
	};
}

customElements.define("ai-assistant-panel", Panel);
