import type { Source } from "@ai-assistant/client";
import { html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import { define, Part } from "./part.js";
import { quietButton } from "./quiet-button.js";

/** Where an answer is from: chips, one of which may show its passage. */
export class Sources extends Part {
	@property({ attribute: false }) sources: readonly Source[] = [];
	@state() private opened: string | null = null;

	protected override render(): TemplateResult {
		const { texts } = this.locale;
		const shown = this.sources.find((source) => source.id === this.opened);
		return html`<section class="sources" aria-label=${texts.sources}>
			<ul>
				${this.sources.map((source, index) => this.chip(source, index))}
			</ul>
			${shown ? this.passage(shown) : nothing}
		</section>`;
	}

	private chip(source: Source, index: number): TemplateResult {
		const isOpen = source.id === this.opened;
		const title = titleOf(source);
		return html`<li>
			<button
				type="button"
				class="chip"
				aria-expanded=${isOpen}
				aria-label=${this.locale.texts.source(title)}
				@click=${() => (this.opened = isOpen ? null : source.id)}
			>
				<b>${index + 1}</b> <span dir="auto">${title}</span>
			</button>
		</li>`;
	}

	private passage(source: Source): TemplateResult {
		const { texts } = this.locale;
		return html`<blockquote class="passage">
			<header>
				<cite dir="auto">${titleOf(source)}</cite>
				${quietButton("close", texts.close, () => (this.opened = null))}
			</header>
			${source.excerpt ? html`<p dir="auto">${source.excerpt}</p>` : nothing} ${link(source.url)}
		</blockquote>`;
	}
}

function titleOf({ id, title, url }: Source): string {
	return [title, url, id].find(Boolean) ?? id;
}

/** Only of the web: a source comes from outside. */
function link(url: string | undefined): unknown {
	if (!url || !/^https?:/i.test(url)) return nothing;
	return html`<a href=${url} target="_blank" rel="noopener noreferrer nofollow">${url}</a>`;
}

define("ai-assistant-sources", Sources);
