import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";

import { Part } from "../part.js";
import { Polling } from "../polling.js";
import { type Run, type RunPage, STATUSES } from "../replies.js";
import { get, own, post } from "../site.js";

const EVERY = 5_000;
const PAGE = 50;

/** The runs of everybody, the newest first. Nothing of what was said is shown. */
export class Runs extends Part {
	@state() private runs: readonly Run[] = [];
	@state() private cursor: string | null = null;
	@state() private hasLoaded = false;
	private filters: Record<string, string> = {};

	constructor() {
		super();
		new Polling(this, () => this.refresh(), EVERY);
	}

	protected override render(): TemplateResult {
		const { texts } = this.locale;
		return html`<main class="view wide" tabindex="0">
			<h1>${texts.runs}</h1>
			${this.alert()}
			<form class="row" @change=${this.filter} @submit=${this.filter}>
				<label
					>${texts.status}
					<select name="status">
						<option value="">${texts.allStatuses}</option>
						${STATUSES.map((status) => html`<option value=${status}>${texts.statuses[status]}</option>`)}
					</select>
				</label>
				<label>${texts.user} <input name="user" placeholder=${texts.anybody} maxlength="140" /></label>
			</form>
			${this.hasLoaded && this.runs.length === 0 ? html`<p class="hint">${texts.noRuns}</p>` : nothing}
			${this.runs.length ? this.table() : nothing}
			${
				this.cursor
					? html`<button type="button" class="plain" @click=${this.more}>${texts.more}</button>`
					: nothing
			}
		</main>`;
	}

	private table(): TemplateResult {
		const { texts } = this.locale;
		const heads = [
			texts.started,
			texts.user,
			texts.status,
			texts.model,
			texts.firstEvent,
			texts.duration,
			texts.tokens,
			texts.cost,
		];
		return html`<div class="scroll" tabindex="0" role="region" aria-label=${texts.runs}>
			<table>
				<thead>
					<tr>
						${heads.map((head) => html`<th scope="col">${head}</th>`)}
						<td></td>
					</tr>
				</thead>
				<tbody>
					${this.runs.map((run) => this.row(run))}
				</tbody>
			</table>
		</div>`;
	}

	private row(run: Run): TemplateResult {
		const { locale } = this;
		const { texts } = locale;
		const isGoing = run.status === "queued" || run.status === "running";
		const written = <T>(value: T | null, write: (value: T) => string): string =>
			value === null ? "" : write(value);
		return html`<tr>
			<td>${locale.moment(run.created)}</td>
			<td dir="auto">${run.user}</td>
			<td>
				<span class="state ${run.status}"
					>${run.finish_reason === "cancelled" ? texts.stopped : texts.statuses[run.status]}</span
				>
				${run.error ? html`<small dir="auto">${run.error}</small>` : nothing}
			</td>
			<td>${run.model} <small>${run.provider}</small></td>
			<td class="number">${written(run.first_event_ms, (ms) => locale.seconds(ms))}</td>
			<td class="number">${written(run.duration_ms, (ms) => locale.seconds(ms))}</td>
			<td class="number">${written(run.total_tokens, (tokens) => locale.count(tokens))}</td>
			<td class="number">${written(run.cost, (cost) => locale.cost(cost))}</td>
			<td>
				${
					isGoing
						? html`<button type="button" class="plain" @click=${() => this.stop(run)}>${texts.stop}</button>`
						: nothing
				}
			</td>
		</tr>`;
	}

	private filter(event: Event): void {
		event.preventDefault();
		const given = [...new FormData(event.currentTarget as HTMLFormElement)];
		this.filters = Object.fromEntries(
			given.flatMap(([name, value]) => (typeof value === "string" && value ? [[name, value.trim()]] : [])),
		);
		this.runs = [];
		void this.refresh();
	}

	/** Leaves alone a list that somebody has gone on reading. */
	private async refresh(): Promise<void> {
		if (this.runs.length <= PAGE) await this.load();
	}

	private async load(cursor?: string): Promise<void> {
		const { filters } = this;
		const asked = { ...filters, limit: String(PAGE), ...(cursor && { cursor }) };
		const page = await this.attempt(get<RunPage>(own("admin.runs"), asked));
		if (!page || filters !== this.filters) return;
		this.runs = cursor ? [...this.runs, ...page.runs] : page.runs;
		this.cursor = page.cursor;
		this.hasLoaded = true;
	}

	private async more(): Promise<void> {
		if (this.cursor) await this.load(this.cursor);
	}

	private async stop(run: Run): Promise<void> {
		await this.attempt(post(own("admin.stop_run"), { task_id: run.task_id }));
		await this.refresh();
	}
}

customElements.define("ai-assistant-runs", Runs);
