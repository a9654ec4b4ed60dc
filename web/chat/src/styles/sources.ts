import { css } from "lit";

/** Where an answer is from. */
export const sources = css`
	.sources ul {
		display: flex;
		flex-wrap: wrap;
		gap: 0.5rem;
		margin: 0;
		padding: 0;
		list-style: none;
	}

	.sources li {
		max-inline-size: min(18rem, 100%);
	}

	.chip b {
		color: var(--accent);
		font-weight: 600;
	}

	.passage {
		margin: 0.75rem 0 0;
		padding: 0.75rem 0.75rem 0.875rem 1rem;
		border: 1px solid var(--line);
		border-radius: 10px;
		background: var(--shade);
		font-size: 0.9375rem;
	}

	.passage header {
		display: flex;
		align-items: center;
		justify-content: space-between;
	}

	.passage cite {
		font-style: normal;
		font-weight: 550;
	}

	.passage p {
		margin: 0.25rem 0 0.5rem;
		white-space: pre-wrap;
	}

	.passage a {
		color: var(--accent);
		overflow-wrap: anywhere;
	}
`;
