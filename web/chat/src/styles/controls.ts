import { css } from "lit";

/** Buttons, fields, chips and dialogs. */
export const controls = css`
	button,
	input,
	select,
	textarea {
		margin: 0;
		border: 0;
		background: none;
		color: inherit;
		font: inherit;
	}

	button,
	select,
	label.attach {
		cursor: pointer;
	}

	button:disabled {
		cursor: default;
		opacity: 0.45;
	}

	:focus-visible {
		outline: 2px solid var(--accent);
		outline-offset: 2px;
	}

	.icon {
		flex: none;
		inline-size: 1.125rem;
		block-size: 1.125rem;
		fill: none;
		stroke: currentcolor;
		stroke-width: 1.75;
		stroke-linecap: round;
		stroke-linejoin: round;
		vertical-align: -0.2rem;
	}

	.icon-more {
		stroke-width: 2.75;
	}

	.icon-stop {
		fill: currentcolor;
	}

	:is(.icon-branchBack, .icon-branchOn):dir(rtl) {
		scale: -1 1;
	}

	.quiet {
		display: inline-grid;
		place-items: center;
		min-inline-size: 2.125rem;
		block-size: 2.125rem;
		padding: 0;
		border-radius: 8px;
		color: var(--soft);
	}

	.plain {
		display: inline-flex;
		align-items: center;
		gap: 0.5rem;
		padding: 0.4375rem 0.875rem;
		border: 1px solid var(--line);
		border-radius: 10px;
		background: var(--raised);
		font-size: 0.9375rem;
	}

	.primary {
		display: inline-grid;
		place-items: center;
		padding: 0.4375rem 1rem;
		border-radius: 10px;
		background: var(--accent);
		color: var(--on-accent);
		font-size: 0.9375rem;
		font-weight: 500;
	}

	.primary.round {
		inline-size: 2.25rem;
		block-size: 2.25rem;
		padding: 0;
		border-radius: 50%;
	}

	.danger {
		background: var(--alarm);
		color: var(--ground);
	}

	.quiet[aria-pressed="true"],
	.plain[aria-pressed="true"] {
		background: var(--tint);
		color: var(--accent);
	}

	.quiet[aria-pressed="true"] :is(.icon-good, .icon-bad) {
		fill: currentcolor;
		fill-opacity: 0.25;
	}

	@media (hover: hover) {
		:is(.quiet, .entry, .chip, .actions button):not(:disabled):hover {
			background: color-mix(in srgb, var(--ink) 7%, transparent);
			color: var(--ink);
		}

		.plain:not(:disabled):hover {
			border-color: var(--soft);
		}

		.primary:not(:disabled):hover {
			filter: brightness(1.08);
		}
	}

	.search {
		display: flex;
		align-items: center;
		gap: 0.5rem;
		padding: 0.375rem 0.75rem;
		border: 1px solid var(--line);
		border-radius: 10px;
		background: var(--ground);
		color: var(--soft);
	}

	.search:focus-within,
	.renaming input:focus {
		border-color: var(--accent);
		outline: 1px solid var(--accent);
		outline-offset: 0;
	}

	.search input {
		flex: 1;
		min-inline-size: 0;
		outline: none;
		color: var(--ink);
		font-size: 0.9375rem;
	}

	.renaming {
		inline-size: 26rem;
	}

	.renaming input {
		inline-size: 100%;
		margin-block-end: 1.25rem;
		padding: 0.375rem 0.75rem;
		border: 1px solid var(--line);
		border-radius: 8px;
	}

	::placeholder {
		color: var(--soft);
		opacity: 1;
	}

	.chip {
		display: inline-flex;
		align-items: center;
		gap: 0.375rem;
		max-inline-size: 100%;
		padding: 0.1875rem 0.75rem;
		border: 1px solid var(--line);
		border-radius: 99px;
		font-size: 0.875rem;
		line-height: 1.5;
	}

	.chip span {
		overflow: hidden;
		text-overflow: ellipsis;
		white-space: nowrap;
	}

	.chip .quiet {
		min-inline-size: 1.5rem;
		block-size: 1.5rem;
		margin-inline-end: -0.5rem;
	}

	.buttons {
		display: flex;
		justify-content: end;
		gap: 0.5rem;
	}

	.hint {
		margin: 1rem 0.75rem;
		color: var(--soft);
		font-size: 0.9375rem;
	}

	.actions {
		inset: auto;
		margin: 0;
		padding: 0.25rem;
		border: 1px solid var(--line);
		border-radius: 10px;
		background: var(--raised);
		color: var(--ink);
		box-shadow: 0 4px 16px rgb(0 0 0 / 12%);
	}

	.actions button {
		display: flex;
		align-items: center;
		gap: 0.625rem;
		inline-size: 100%;
		padding: 0.4375rem 1rem 0.4375rem 0.625rem;
		border-radius: 7px;
		font-size: 0.9375rem;
		text-align: start;
	}

	dialog {
		max-inline-size: min(26rem, calc(100% - 2rem));
		padding: 1.5rem;
		border: 1px solid var(--line);
		border-radius: var(--radius);
		background: var(--raised);
		color: var(--ink);
		box-shadow: 0 1rem 4rem rgb(0 0 0 / 25%);
	}

	dialog::backdrop {
		background: rgb(0 0 0 / 35%);
	}

	dialog header {
		display: flex;
		align-items: center;
		justify-content: space-between;
		gap: 1rem;
		margin-block: -0.5rem 0.75rem;
	}

	dialog h2 {
		margin: 0;
		font-size: 1.125rem;
	}

	dialog p {
		margin: 0 0 1.25rem;
	}

	dialog dl {
		display: grid;
		grid-template-columns: 1fr auto;
		gap: 0.625rem 1.5rem;
		margin: 0;
		font-size: 0.9375rem;
	}

	dialog dd {
		margin: 0;
		text-align: end;
	}

	kbd {
		padding: 0.125rem 0.4375rem;
		border: 1px solid var(--line);
		border-block-end-width: 2px;
		border-radius: 6px;
		background: var(--shade);
		font: 0.8125rem var(--code-font);
		white-space: nowrap;
	}
`;
