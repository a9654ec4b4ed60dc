import { css } from "lit";

/** What was said. */
export const thread = css`
	ai-assistant-thread {
		position: relative;
		display: block;
		min-block-size: 0;
	}

	.scroller {
		block-size: 100%;
		overflow-y: auto;
		overscroll-behavior: contain;
		padding: 1rem 1.25rem 2rem;
	}

	.scroller:focus-visible {
		outline-offset: -2px;
	}

	.turns {
		display: grid;
		gap: 2rem;
		grid-template-columns: minmax(0, 1fr);
		max-inline-size: var(--measure);
		margin-inline: auto;
	}

	.turn {
		display: block;
		content-visibility: auto;
		contain-intrinsic-size: auto 14rem;
		overflow-clip-margin: 1rem;
	}

	.turn.last {
		content-visibility: visible;
	}

	.older {
		justify-self: center;
	}

	.question {
		display: flex;
		flex-flow: row-reverse wrap;
		align-items: end;
		gap: 0.375rem 0.75rem;
		padding-inline-start: 10%;
	}

	.question .said {
		max-inline-size: calc(100% - 2.875rem);
	}

	.question :is(.material, .failure, .state) {
		inline-size: 100%;
		justify-content: end;
		text-align: end;
	}

	.said {
		padding: 0.625rem 1rem;
		border-radius: var(--radius) var(--radius) 4px;
		border-end-start-radius: var(--radius);
		background: var(--tint);
		white-space: pre-wrap;
		overflow-wrap: anywhere;
	}

	.sending .said {
		opacity: 0.7;
	}

	.material {
		display: flex;
		flex-wrap: wrap;
		gap: 0.5rem;
		margin: 0.25rem 0;
		padding: 0;
		list-style: none;
	}

	.material img {
		display: block;
		max-inline-size: 12rem;
		max-block-size: 9rem;
		border-radius: 10px;
	}

	.editor {
		display: grid;
		gap: 0.625rem;
		inline-size: 100%;
	}

	.editor textarea {
		inline-size: 100%;
		padding: 0.75rem 1rem;
		border: 1px solid var(--line);
		border-radius: var(--radius);
		background: var(--raised);
		resize: vertical;
		field-sizing: content;
		max-block-size: 24rem;
	}

	.answer {
		display: grid;
		gap: 0.875rem;
		grid-template-columns: minmax(0, 1fr);
	}

	.answer footer,
	.question footer {
		display: flex;
		flex-wrap: wrap;
		align-items: center;
		margin-inline: -0.5rem;
		color: var(--soft);
	}

	.answer footer small {
		margin-inline-start: auto;
		padding-inline: 0.5rem;
		font-size: 0.8125rem;
		font-variant-numeric: tabular-nums;
	}

	.branches {
		display: inline-flex;
		align-items: center;
		font-size: 0.875rem;
		font-variant-numeric: tabular-nums;
	}

	.branches .quiet {
		min-inline-size: 1.75rem;
	}

	.state {
		margin: 0;
		color: var(--soft);
		font-size: 0.9375rem;
		font-variant-numeric: tabular-nums;
	}

	.thinking,
	.tool {
		color: var(--soft);
		font-size: 0.9375rem;
	}

	.thinking summary,
	.tool summary {
		inline-size: fit-content;
		border-radius: 6px;
		cursor: pointer;
		font-variant-numeric: tabular-nums;
	}

	.thinking > ai-assistant-markdown {
		margin-block-start: 0.75rem;
		padding-inline-start: 1rem;
		border-inline-start: 2px solid var(--line);
	}

	.tool pre {
		overflow-x: auto;
		margin: 0.5rem 0 0;
		padding: 0.75rem 1rem;
		border-radius: 10px;
		background: var(--shade);
		font: 0.8125rem/1.6 var(--code-font);
		white-space: pre-wrap;
		overflow-wrap: anywhere;
	}

	.running::after {
		content: "";
		display: inline-block;
		inline-size: 0.5rem;
		block-size: 0.5rem;
		margin-inline-start: 0.625rem;
		border-radius: 50%;
		background: var(--accent);
		animation: breathe 1.6s ease-in-out infinite;
	}

	@keyframes breathe {
		50% {
			opacity: 0.25;
			scale: 0.7;
		}
	}

	.failure {
		display: flex;
		flex-wrap: wrap;
		align-items: center;
		gap: 0.5rem 1rem;
		padding: 0.625rem 0.625rem 0.625rem 1rem;
		border-radius: 10px;
		background: var(--alarm-tint);
		font-size: 0.9375rem;
	}

	.failure.stopped {
		background: var(--shade);
	}

	.failure p {
		flex: 1;
		min-inline-size: 12rem;
		margin: 0;
	}

	.sending .failure p {
		flex-basis: 100%;
	}

	.jump {
		position: absolute;
		inset-block-end: 0.75rem;
		inset-inline-start: 50%;
		display: inline-flex;
		align-items: center;
		gap: 0.375rem;
		padding: 0.375rem 0.875rem;
		border: 1px solid var(--line);
		border-radius: 99px;
		background: var(--raised);
		font-size: 0.875rem;
		translate: -50% 0;
		box-shadow: 0 4px 16px rgb(0 0 0 / 12%);
	}

	.jump:dir(rtl) {
		translate: 50% 0;
	}

	.beginning {
		margin-block-start: 18vh;
		text-align: center;
	}

	.beginning h1 {
		margin: 0 0 0.5rem;
		font-size: 1.625rem;
		font-weight: 550;
		letter-spacing: -0.01em;
	}

	.beginning p {
		margin: 0;
		color: var(--soft);
	}

	@container (max-width: 48rem) {
		.scroller {
			padding-inline: 1rem;
		}

		.question {
			padding-inline-start: 8%;
		}
	}
`;
