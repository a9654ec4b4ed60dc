import { Client } from "@ai-assistant/client";
import type { Sending, SendRequest } from "@ai-assistant/client";
import { html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";

import { Announcer } from "./announcer.js";
import { Locale } from "./locale.js";
import { Memory } from "./memory.js";
import { banners } from "./parts/banners.js";
import type { Composer } from "./parts/composer.js";
import type { Arrange, ConversationMenu } from "./parts/conversation-menu.js";
import type { ConversationListView } from "./parts/conversation-list-view.js";
import type { ShortcutsDialog } from "./parts/shortcuts-dialog.js";
import { define } from "./parts/part.js";
import type { Thread } from "./parts/thread.js";
import { type Command, commandOf, isForOverlay } from "./shortcuts.js";
import { isSignedOut, Session, type SessionState } from "./session.js";
import { styles } from "./styles/styles.js";
import { answersOf, turnsOf, underWay } from "./turns.js";
import "./parts/composer.js";
import "./parts/conversation-menu.js";
import "./parts/conversation-list-view.js";
import "./parts/heading.js";
import "./parts/shortcuts-dialog.js";
import "./parts/thread.js";

/** Which conversation is in view, kept by whoever embeds the chat. */
export type ConversationChange = CustomEvent<string>;

/** The whole chat with one site: `<ai-assistant-chat></ai-assistant-chat>`. */
export class Chat extends LitElement {
	static override styles = styles;

	/** The site's web address; that of the page if left out. */
	@property() site: string | undefined;
	/** `key:secret`, where the browser has no session with the site. */
	@property() token: string | undefined;
	/** Who asks: drafts and choices on this device are kept apart for each user. */
	@property() user = "";
	/** Such as `de`; the language of the page if left out. */
	@property() override lang = "";
	/** `light` or `dark`; as the device if left out. */
	@property({ reflect: true }) theme: string | undefined;
	/** Where one signs in again, if that is another page than the one that embeds the chat. */
	@property({ attribute: "sign-in" }) signIn = "";
	/** The conversation in view; "" for a new one. When the user chooses or begins another one, `conversationchange` tells its id. */
	@property() conversation = "";
	/** A client that is shared, and connected by whoever made it. */
	@property({ attribute: false }) client: Client | undefined;
	/** What the model is told of the place where the chat is: any JSON value, or what gives one as a question is asked. */
	@property({ attribute: false }) context: unknown;

	@state() private shown: SessionState | undefined;
	@state() private locale = new Locale("en");
	@state() private announcement = "";
	@state() private isListOpen = false;
	@query("ai-assistant-composer") private readonly composer!: Composer;
	@query("ai-assistant-list") private readonly list!: ConversationListView;
	@query(".curtain") private readonly curtain!: HTMLElement;
	@query("ai-assistant-conversation-menu") private readonly menu!: ConversationMenu;
	@query("ai-assistant-thread") private readonly thread!: Thread;
	@query("ai-assistant-shortcuts") private readonly shortcuts!: ShortcutsDialog;

	private session: Session | undefined;
	private own: Client | undefined;
	/** What had the focus before the drawer. */
	private opener: Element | null = null;
	private readonly announcer = new Announcer();
	/** A drawer is none any more where a phone is turned and there is room for the list. */
	private readonly observer = new ResizeObserver(() => {
		if (this.isListOpen && !this.curtain.checkVisibility()) this.isListOpen = false;
	});

	override connectedCallback(): void {
		super.connectedCallback();
		this.addEventListener("keydown", this.key);
		this.observer.observe(this);
		this.requestUpdate();
	}

	override disconnectedCallback(): void {
		super.disconnectedCallback();
		this.removeEventListener("keydown", this.key);
		this.observer.disconnect();
		this.session?.close();
		this.own?.close();
		this.session = this.own = undefined;
	}

	/** Goes on where it was, for the same user who has signed in again after `signedout` was told. */
	resume(): void {
		this.session?.resume();
	}

	/** Goes to the field where messages are written. */
	override focus(): void {
		this.composer.focus();
	}

	protected override willUpdate(changed: PropertyValues<this>): void {
		const language = this.lang || document.documentElement.lang || navigator.language;
		if (language !== this.locale.language) this.locale = new Locale(language);
		if (!this.session && this.isConnected) this.begin();
		else if (changed.has("conversation")) this.session?.open(this.conversation || undefined);
		if (this.session) this.session.context = this.context;
	}

	protected override firstUpdated(): void {
		if (matchMedia("(pointer: fine)").matches) void this.updateComplete.then(() => this.focus());
	}

	protected override render(): TemplateResult {
		const { locale, session, shown } = this;
		if (!session || !shown) return html``;
		const isAnswering = underWay(turnsOf(shown.conversation)).length > 0;
		return html`<div class="chat ${this.isListOpen ? "with-list" : ""}" @arrange=${this.arrange}>
			<ai-assistant-list
				.locale=${locale}
				.list=${session.list}
				.state=${shown.list}
				.current=${shown.conversation.id}
				@choose=${(event: CustomEvent<string>) => this.open(event.detail)}
				@begin=${() => this.open()}
			></ai-assistant-list>
			<div class="curtain" @click=${this.closeList}></div>
			<main ?inert=${this.isListOpen}>
				<ai-assistant-heading
					.locale=${locale}
					.conversation=${shown.conversation.conversation}
					.isListOpen=${this.isListOpen}
					@list=${this.toggleList}
					@begin=${() => this.open()}
					@help=${() => this.shortcuts.show()}
				></ai-assistant-heading>
				${banners(shown, session, locale, this.signIn)}
				<ai-assistant-thread
					.locale=${locale}
					.actions=${session}
					.state=${shown.conversation}
					@reword=${(event: CustomEvent<Sending>) => this.reword(event.detail)}
					@discard=${(event: CustomEvent<Sending>) => this.discard(event.detail)}
				></ai-assistant-thread>
				<ai-assistant-composer
					.locale=${locale}
					.memory=${session.memory}
					.conversation=${shown.conversation.id}
					.sending=${shown.conversation.sending}
					.draft=${shown.conversation.conversation || !shown.conversation.isLoaded ? shown.conversation.id : "new"}
					.isAnswering=${isAnswering}
					.models=${shown.models}
					.model=${session.model}
					@ask=${(event: CustomEvent<SendRequest>) => this.ask(event.detail)}
					@halt=${() => session.halt()}
					@edit-last=${() => this.thread.editLast()}
					@model=${(event: CustomEvent<string>) => session.choose(event.detail)}
				></ai-assistant-composer>
			</main>
			<ai-assistant-conversation-menu
				.locale=${locale}
				.session=${session}
				@delete=${(event: CustomEvent<string>) => this.delete(event.detail)}
			></ai-assistant-conversation-menu>
			<ai-assistant-shortcuts .locale=${locale}></ai-assistant-shortcuts>
			<p class="unseen" role="status">${this.announcement}</p>
		</div>`;
	}

	private begin(): void {
		const client = this.client ?? this.connect();
		const memory = new Memory(this.site ?? "", this.user || (this.token?.split(":")[0] ?? ""));
		this.session = new Session(client, memory, this.conversation, (shown) => {
			this.announce(shown);
			const hasEnded = isSignedOut(shown) && !(this.shown && isSignedOut(this.shown));
			this.shown = shown;
			if (hasEnded) this.dispatchEvent(new Event("signedout", { bubbles: true }));
		});
		this.shown = this.session.state;
	}

	private announce(shown: SessionState): void {
		const { texts } = this.locale;
		const wasOffline = this.shown?.connection.transport === "offline";
		const isBack = wasOffline && shown.connection.transport !== "offline";
		const said = this.announcer.next(shown.conversation.id, answersOf(turnsOf(shown.conversation)), texts);
		this.announcement = said || (isBack ? texts.backOnline : this.announcement);
	}

	private connect(): Client {
		this.own = new Client({
			...(this.site !== undefined && { url: this.site }),
			...(this.token !== undefined && { token: this.token }),
		});
		this.own.connect();
		return this.own;
	}

	private open(id?: string): void {
		this.session?.open(id);
		this.isListOpen = false;
		this.tellChange(id ?? "");
		void this.updateComplete.then(() => this.focus());
	}

	private ask(request: SendRequest): void {
		const { session } = this;
		session?.ask(request);
		if (session && !this.conversation) this.tellChange(session.state.conversation.id);
	}

	private reword(sending: Sending): void {
		this.composer.take(sending.request);
		this.session?.discard(sending);
	}

	private discard(sending: Sending): void {
		this.session?.discard(sending);
		this.focus();
	}

	private tellChange(conversation: string): void {
		this.conversation = conversation;
		this.dispatchEvent(new CustomEvent("conversationchange", { detail: conversation, bubbles: true }));
	}

	private arrange(event: Arrange): void {
		void this.menu.show(event.detail, event.target as HTMLElement);
	}

	private delete(id: string): void {
		if (id === this.shown?.conversation.id) this.open();
		this.session?.delete(id);
	}

	private toggleList(): void {
		if (this.isListOpen) this.closeList();
		else this.openList();
	}

	/** Goes to the list, which is a drawer where there is little room. */
	private openList(): void {
		if (!this.list.checkVisibility({ visibilityProperty: true })) {
			this.isListOpen = true;
			this.opener = this.shadowRoot?.activeElement ?? null;
		}
		void this.updateComplete.then(() => this.list.focus());
	}

	/** Closes the drawer and goes back to where it was opened from. */
	private closeList(): void {
		const { opener } = this;
		this.isListOpen = false;
		void this.updateComplete.then(() => (opener instanceof HTMLElement ? opener : this).focus());
	}

	/** Escape is for whoever embeds the chat, unless there is something to end here. */
	private get hasToHalt(): boolean {
		return this.isListOpen || (this.shown ? underWay(turnsOf(this.shown.conversation)).length > 0 : false);
	}

	private readonly key = (event: KeyboardEvent): void => {
		if (isForOverlay(event, this)) {
			event.stopPropagation();
			return;
		}
		const command = event.defaultPrevented ? undefined : commandOf(event);
		if (!command || (command === "halt" && !this.hasToHalt)) return;
		event.preventDefault();
		event.stopPropagation();
		this.carryOut(command);
	};

	private carryOut(command: Command): void {
		switch (command) {
			case "begin":
				this.open();
				break;
			case "focus":
				this.focus();
				break;
			case "halt":
				if (this.isListOpen) this.closeList();
				else this.session?.halt();
				break;
			case "help":
				this.shortcuts.show();
				break;
			case "search":
				this.openList();
		}
	}
}

define("ai-assistant-chat", Chat);
