import { css } from "lit";

/** The bar above, the views below it, and the form to sign in with. */
export const layout = css`
	:host {
		block-size: 100dvh;
	}

	.page {
		display: grid;
		grid-template: auto minmax(0, 1fr) / minmax(0, 1fr);
		block-size: 100%;
	}

	.page[hidden] {
		display: none;
	}

	.bar {
		display: flex;
		align-items: center;
		gap: 0.75rem 1.25rem;
		padding: 0.5rem 1rem;
		border-block-end: 1px solid var(--line);
		background: var(--shade);
	}

	.brand {
		color: var(--ink);
		font-weight: 650;
		text-decoration: none;
		white-space: nowrap;
	}

	nav {
		display: flex;
		gap: 0.25rem;
		min-inline-size: 0;
		overflow-x: auto;
		scrollbar-width: none;
	}

	nav a {
		padding: 0.3125rem 0.75rem;
		border-radius: 8px;
		color: var(--soft);
		font-size: 0.9375rem;
		text-decoration: none;
		white-space: nowrap;
	}

	nav a:hover {
		color: var(--ink);
	}

	nav a:focus-visible,
	.view:focus-visible {
		outline-offset: -2px;
	}

	nav a[aria-current] {
		background: var(--tint);
		color: var(--accent);
		font-weight: 550;
	}

	.who {
		overflow: hidden;
		margin-inline-start: auto;
		color: var(--soft);
		font-size: 0.9375rem;
		text-overflow: ellipsis;
		white-space: nowrap;
	}

	.bar .plain {
		flex: none;
		padding-block: 0.25rem;
		white-space: nowrap;
	}

	.view {
		box-sizing: border-box;
		block-size: 100%;
		overflow: auto;
		padding: 1.5rem max(1rem, (100% - 52rem) / 2) 3rem;
	}

	.view.wide {
		padding-inline: max(1rem, (100% - 76rem) / 2);
	}

	ai-assistant-chat,
	ai-assistant-providers,
	ai-assistant-users,
	ai-assistant-runs,
	ai-assistant-live,
	ai-assistant-sign-in {
		display: block;
		block-size: 100%;
		min-block-size: 0;
	}

	h1 {
		margin: 0 0 1rem;
		font-size: 1.375rem;
		line-height: 1.3;
	}

	.head {
		display: flex;
		flex-wrap: wrap;
		align-items: start;
		justify-content: space-between;
		gap: 0.5rem 1rem;
	}

	.head h1 {
		margin: 0;
	}

	.view > .hint {
		margin: 0.25rem 0 1.25rem;
	}

	.notice {
		display: flex;
		flex-wrap: wrap;
		align-items: center;
		justify-content: space-between;
		gap: 0.5rem 1rem;
		margin: 0 0 1rem;
		padding: 0.625rem 0.875rem;
		border-radius: 10px;
		background: var(--tint);
		font-size: 0.9375rem;
	}

	.notice[hidden] {
		display: none;
	}

	.notice.failed {
		background: var(--alarm-tint);
		color: var(--alarm);
	}

	.notice code {
		font: 600 0.9375rem var(--code-font);
		user-select: all;
	}

	.unseen {
		position: absolute;
		inline-size: 1px;
		block-size: 1px;
		overflow: hidden;
		clip-path: inset(50%);
		white-space: nowrap;
	}

	.sign-in {
		display: grid;
		place-items: center;
		block-size: 100%;
		overflow: auto;
		padding: 1rem;
	}

	.sign-in form {
		display: grid;
		gap: 1rem;
		inline-size: min(22rem, 100%);
	}

	.sign-in h1,
	.sign-in .notice {
		margin: 0;
	}

	.sign-in .primary {
		padding-block: 0.625rem;
	}

	.sign-in details {
		color: var(--soft);
		font-size: 0.9375rem;
	}

	.sign-in summary {
		cursor: pointer;
	}

	.sign-in details p {
		margin: 0.5rem 0 0;
	}

	@container (width < 44rem) {
		.bar {
			flex-wrap: wrap;
			padding-inline: 0.75rem;
		}

		.bar nav {
			order: 1;
			inline-size: 100%;
			margin-inline: -0.25rem;
		}
	}
`;
