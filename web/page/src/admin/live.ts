import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";

import { Part } from "../part.js";
import { Polling } from "../polling.js";
import type { Figures } from "../replies.js";
import { get, own } from "../site.js";
import { chart } from "./chart.js";

const EVERY = 3_000;
const KEPT = 60;

/** How the site does at this moment. */
export class Live extends Part {
	@state() private seen: readonly Figures[] = [];

	constructor() {
		super();
		new Polling(this, () => this.look(), EVERY);
	}

	protected override render(): TemplateResult {
		const { locale } = this;
		const { texts } = locale;
		const newest = this.seen.at(-1);
		return html`<main class="view" tabindex="0">
			<h1>${texts.live}</h1>
			${this.alert()}
			${newest?.engines.length === 0 ? html`<p class="notice failed" role="alert">${texts.noEngine}</p>` : nothing}
			${
				newest
					? html`<dl class="figures">
							${this.figure(texts.running, (figures) => figures.running)}
							${this.figure(texts.queued, (figures) => figures.queued)}
							${this.figure(texts.deltas, (figures) => figures.deltas_per_second)}
							${this.figure(
								texts.firstEvent,
								(figures) => figures.first_event_ms,
								(ms) => locale.seconds(ms),
							)}
							${this.figure(texts.failedRuns, (figures) => figures.failed)}
							${this.figure(
								texts.memory,
								(figures) => figures.memory,
								(bytes) => locale.megabytes(bytes),
							)}
						</dl>`
					: nothing
			}
		</main>`;
	}

	private figure(
		name: string,
		of: (figures: Figures) => number | null,
		written: (number: number) => string = (number) => this.locale.count(number),
	): TemplateResult {
		const numbers = this.seen.map(of).filter((number) => number !== null);
		const newest = numbers.at(-1);
		const label = this.locale.texts.chart(name, written(Math.min(...numbers)), written(Math.max(...numbers)));
		return html`<div>
			<dt>${name}</dt>
			<dd>${newest === undefined ? "–" : written(newest)}</dd>
			<dd>${numbers.length > 1 ? chart(numbers, label) : nothing}</dd>
		</div>`;
	}

	private async look(): Promise<void> {
		const figures = await this.attempt(get<Figures>(own("admin.figures")));
		if (figures) this.seen = [...this.seen, figures].slice(-KEPT);
	}
}

customElements.define("ai-assistant-live", Live);
