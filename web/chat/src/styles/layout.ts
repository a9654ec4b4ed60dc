import { css } from "lit";

/** The list beside the conversation; before it, as a drawer, where there is little room. */
export const layout = css`
	.chat {
		position: relative;
		display: grid;
		grid-template: minmax(0, 1fr) / 17rem minmax(0, 1fr);
		block-size: 100%;
	}

	ai-assistant-list {
		display: block;
		min-block-size: 0;
		background: var(--shade);
		border-inline-end: 1px solid var(--line);
	}

	nav {
		display: flex;
		flex-direction: column;
		gap: 0.75rem;
		block-size: 100%;
		padding: 0.75rem;
	}

	.entries {
		flex: 1;
		min-block-size: 0;
		overflow-y: auto;
		margin: -0.25rem;
		padding: 0.25rem;
	}

	.entries ul {
		display: grid;
		grid-template-columns: minmax(0, 1fr);
		gap: 2px;
		margin: 0;
		padding: 0;
		list-style: none;
	}

	.entries h2 {
		margin: 1.25rem 0.75rem 0.375rem;
		color: var(--soft);
		font-size: 0.8125rem;
		font-weight: 500;
	}

	.entry {
		display: block;
		inline-size: 100%;
		padding: 0.5rem 0.75rem;
		border-radius: 8px;
		font-size: 0.9375rem;
		line-height: 1.4;
		text-align: start;
		white-space: nowrap;
		overflow: hidden;
		text-overflow: ellipsis;
	}

	.entries li {
		position: relative;
	}

	.entry:has(+ .more) {
		padding-inline-end: 2.5rem;
	}

	.entries .more {
		position: absolute;
		inset-block: 0;
		inset-inline-end: 0.125rem;
		block-size: auto;
	}

	@media (hover: hover) {
		.entries li:not(:hover, :focus-within) .more {
			opacity: 0;
		}
	}

	.entry[aria-current] {
		background: var(--raised);
		box-shadow: 0 0 0 1px var(--line);
		font-weight: 500;
	}

	.entry small {
		display: -webkit-box;
		-webkit-box-orient: vertical;
		-webkit-line-clamp: 3;
		overflow: hidden;
		color: var(--soft);
		font-size: 0.8125rem;
		white-space: normal;
	}

	main {
		position: relative;
		display: grid;
		grid-template-rows: auto auto minmax(0, 1fr) auto;
		grid-template-columns: minmax(0, 1fr);
		min-block-size: 0;
	}

	ai-assistant-heading {
		grid-row: 1;
	}

	ai-assistant-thread {
		grid-row: 3;
	}

	ai-assistant-composer {
		grid-row: 4;
	}

	.heading {
		display: flex;
		align-items: center;
		gap: 0.125rem;
		min-block-size: 3.25rem;
		padding-inline: 1rem 0.75rem;
	}

	.heading :is(.menu, .new) {
		display: none;
	}

	.title {
		flex: 1;
		min-inline-size: 0;
		margin: 0;
		font-size: 1rem;
		font-weight: 550;
		white-space: nowrap;
		overflow: hidden;
		text-overflow: ellipsis;
	}

	@media (pointer: coarse) {
		:is(.heading, .beginning) .keyboard {
			display: none;
		}
	}

	.banner {
		grid-row: 2;
		display: flex;
		align-items: center;
		justify-content: center;
		gap: 0.5rem;
		margin: 0;
		padding: 0.375rem 1rem;
		background: var(--tint);
		font-size: 0.9375rem;
	}

	.banner.failed {
		background: var(--alarm-tint);
		color: var(--alarm);
	}

	.curtain {
		display: none;
	}

	.unseen {
		position: absolute;
		inline-size: 1px;
		block-size: 1px;
		margin: 0;
		overflow: hidden;
		clip-path: inset(50%);
		white-space: nowrap;
	}

	@container (max-width: 48rem) {
		.chat {
			grid-template-columns: minmax(0, 1fr);
		}

		.heading {
			padding-inline: 0.5rem;
		}

		.heading :is(.menu, .new) {
			display: inline-grid;
		}

		ai-assistant-list {
			position: absolute;
			z-index: 2;
			inset-block: 0;
			inset-inline-start: 0;
			inline-size: min(19rem, 85%);
			visibility: hidden;
			translate: -100% 0;
			transition:
				translate 0.18s ease-out,
				visibility 0.18s;
		}

		:dir(rtl) ai-assistant-list {
			translate: 100% 0;
		}

		.with-list ai-assistant-list {
			visibility: visible;
			translate: none;
			transition: translate 0.18s ease-out;
			box-shadow: 0 0 3rem rgb(0 0 0 / 25%);
		}

		.with-list .curtain {
			display: block;
			position: absolute;
			z-index: 1;
			inset: 0;
			background: rgb(0 0 0 / 30%);
		}
	}
`;
