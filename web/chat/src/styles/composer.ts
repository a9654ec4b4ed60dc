import { css } from "lit";

/** Where a message is written. */
export const composer = css`
	ai-assistant-composer {
		display: block;
		padding: 0 1.25rem max(1rem, env(safe-area-inset-bottom));
	}

	.composer {
		max-inline-size: calc(var(--measure) + 1rem);
		margin-inline: auto;
		padding: 0.25rem;
		border: 1px solid var(--line);
		border-radius: calc(var(--radius) + 6px);
		background: var(--raised);
		box-shadow: 0 2px 12px rgb(0 0 0 / 5%);
	}

	.composer:focus-within {
		border-color: var(--accent);
	}

	.composer textarea {
		display: block;
		inline-size: 100%;
		max-block-size: min(18rem, 40vh);
		padding: 0.625rem 0.875rem 0.25rem;
		outline: none;
		resize: none;
		line-height: 1.5;
	}

	.composer .material {
		margin: 0.5rem 0.625rem 0;
	}

	.composer .material:empty {
		display: none;
	}

	.composer :is(.hint, .refusal) {
		margin: 0.5rem 0.875rem 0;
		font-size: 0.875rem;
	}

	.refusal {
		color: var(--alarm);
	}

	.tools {
		display: flex;
		align-items: center;
		gap: 0.25rem;
		padding: 0.25rem;
	}

	.tools .space {
		flex: 1;
	}

	.attach input {
		position: absolute;
		inline-size: 1px;
		block-size: 1px;
		opacity: 0;
	}

	.attach:focus-within {
		outline: 2px solid var(--accent);
	}

	.tools select {
		min-inline-size: 0;
		max-inline-size: 16rem;
		padding: 0.3125rem 0.5rem;
		border-radius: 8px;
		color: var(--soft);
		font-size: 0.875rem;
		text-overflow: ellipsis;
	}

	.tools select option {
		background: var(--raised);
		color: var(--ink);
	}

	@container (max-width: 48rem) {
		ai-assistant-composer {
			padding-inline: 0.625rem;
		}
	}
`;
