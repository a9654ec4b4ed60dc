import { css } from "lit";

/** Fields with their labels. */
export const forms = css`
	label {
		display: grid;
		gap: 0.25rem;
		font-size: 0.9375rem;
		font-weight: 500;
	}

	.fields small {
		display: block;
		margin-block-start: 0.25rem;
		color: var(--soft);
		font-size: 0.8125rem;
	}

	label.choice {
		display: flex;
		align-items: center;
		gap: 0.5rem;
		font-weight: 400;
	}

	label:not(.choice) > :is(input, select, textarea) {
		box-sizing: border-box;
		inline-size: 100%;
		min-block-size: 2.75rem;
		padding: 0.5rem 0.75rem;
		border: 1px solid color-mix(in srgb, var(--soft) 60%, var(--line));
		border-radius: 10px;
		background: var(--raised);
		color: var(--ink);
		font-weight: 400;
	}

	label > textarea {
		resize: vertical;
		font-family: var(--code-font);
		font-size: 0.875rem;
	}

	label > input:read-only {
		background: var(--shade);
	}

	input[type="checkbox"] {
		inline-size: 1.125rem;
		block-size: 1.125rem;
		accent-color: var(--accent);
	}

	.row {
		display: flex;
		flex-wrap: wrap;
		align-items: end;
		gap: 0.75rem 1rem;
		margin-block-end: 1.25rem;
	}

	.row label {
		flex: 0 1 14rem;
		min-inline-size: 9rem;
	}

	.row label.choice {
		flex: none;
		padding-block: 0.5rem;
	}

	dialog:has(.fields) {
		inline-size: 32rem;
		max-inline-size: min(32rem, calc(100% - 2rem));
	}

	.fields {
		display: grid;
		gap: 1rem;
	}

	.fields .buttons {
		position: sticky;
		inset-block-end: -1.5rem;
		margin: 0 -1.5rem -1.5rem;
		padding: 0.75rem 1.5rem 1.5rem;
		background: var(--raised);
	}

	.fields .notice {
		margin: 0;
	}
`;
