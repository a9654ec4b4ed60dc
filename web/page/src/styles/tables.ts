import { css } from "lit";

/** Cards, the table of runs and the live figures. */
export const tables = css`
	.cards {
		display: grid;
		gap: 0.625rem;
		margin: 0;
		padding: 0;
		list-style: none;
	}

	.card {
		display: flex;
		flex-wrap: wrap;
		align-items: center;
		gap: 0.75rem;
		padding: 0.75rem 1rem;
		border: 1px solid var(--line);
		border-radius: var(--radius);
		background: var(--raised);
	}

	.card[draggable="true"] {
		cursor: grab;
	}

	.card.before {
		border-block-start-color: var(--accent);
		box-shadow: 0 -2px var(--accent);
	}

	.card.after {
		border-block-end-color: var(--accent);
		box-shadow: 0 2px var(--accent);
	}

	.card.off .what {
		color: var(--soft);
	}

	.card .what {
		flex: 1 1 16rem;
		min-inline-size: 0;
		overflow-wrap: anywhere;
	}

	.card small {
		display: block;
		color: var(--soft);
		font-size: 0.875rem;
	}

	.card > .buttons {
		flex-wrap: wrap;
		justify-content: start;
	}

	.order {
		display: grid;
		margin-inline-start: -0.5rem;
	}

	.order .quiet {
		block-size: 1.75rem;
	}

	.up .icon {
		rotate: 180deg;
	}

	.trial {
		display: flex;
		gap: 0.375rem;
		margin: 0.375rem 0 0;
		font-size: 0.9375rem;
	}

	.trial .icon {
		margin-block-start: 0.2rem;
	}

	.trial.well {
		color: var(--accent);
	}

	.trial.failed {
		color: var(--alarm);
	}

	.state {
		display: inline-block;
		padding: 0 0.5rem;
		border: 1px solid var(--line);
		border-radius: 99px;
		color: var(--soft);
		font-size: 0.8125rem;
		font-weight: 400;
		white-space: nowrap;
	}

	.state:is(.running, .completed) {
		border-color: transparent;
		background: var(--tint);
		color: var(--accent);
	}

	.state.failed {
		border-color: transparent;
		background: var(--alarm-tint);
		color: var(--alarm);
	}

	.scroll {
		overflow-x: auto;
		margin-block-end: 1rem;
		border: 1px solid var(--line);
		border-radius: var(--radius);
		background: var(--raised);
	}

	table {
		inline-size: 100%;
		border-collapse: collapse;
		font-size: 0.875rem;
	}

	:is(th, td) {
		padding: 0.5rem 0.75rem;
		text-align: start;
		vertical-align: top;
		white-space: nowrap;
	}

	th {
		color: var(--soft);
		font-weight: 500;
	}

	tbody tr {
		border-block-start: 1px solid var(--line);
	}

	td small {
		display: block;
		inline-size: max-content;
		max-inline-size: 16rem;
		color: var(--soft);
		white-space: normal;
	}

	td.number {
		font-variant-numeric: tabular-nums;
	}

	td .plain {
		padding-block: 0.125rem;
	}

	.figures {
		display: grid;
		grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr));
		gap: 0.75rem;
		margin: 0;
	}

	.figures > div {
		padding: 0.875rem 1rem;
		border: 1px solid var(--line);
		border-radius: var(--radius);
		background: var(--raised);
	}

	.figures dt {
		color: var(--soft);
		font-size: 0.9375rem;
	}

	.figures dd {
		margin: 0;
		min-block-size: 3rem;
		font-size: 1.75rem;
		font-variant-numeric: tabular-nums;
		line-height: 3rem;
	}

	.chart {
		display: block;
		inline-size: 100%;
		block-size: 3rem;
		fill: var(--tint);
		stroke: none;
	}

	.chart polyline {
		fill: none;
		stroke: var(--accent);
		stroke-width: 1.75;
		stroke-linejoin: round;
		vector-effect: non-scaling-stroke;
	}
`;
