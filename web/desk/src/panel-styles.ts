import { css } from "lit";

export const panelStyles = css`
	:host {
		position: fixed;
		inset-block: 0;
		inset-inline-end: 0;
		inline-size: min(27rem, 100vw);
		z-index: 1030;
		display: flex;
		flex-direction: column;
		background: var(--fg-color, #fff);
		color: var(--text-color, #333);
		border-inline-start: 1px solid var(--border-color, #ddd);
		box-shadow: var(--shadow-lg, 0 0 1.5rem rgb(0 0 0 / 15%));
	}

	:host([hidden]) {
		display: none;
	}

	header {
		display: flex;
		align-items: center;
		justify-content: flex-end;
		gap: 0.75rem;
		padding: 0.5rem 0.75rem;
		border-block-end: 1px solid var(--border-color, #ddd);
	}

	label {
		display: flex;
		align-items: center;
		gap: 0.5rem;
		flex: 1;
		min-inline-size: 0;
		margin: 0;
		font-size: 0.85rem;
	}

	label span {
		overflow: hidden;
		text-overflow: ellipsis;
		white-space: nowrap;
	}

	button {
		inline-size: 2rem;
		block-size: 2rem;
		border: 0;
		border-radius: 0.5rem;
		background: none;
		color: inherit;
		font-size: 1.25rem;
		line-height: 1;
		cursor: pointer;
	}

	button:hover {
		background: var(--bg-light-gray, rgb(128 128 128 / 15%));
	}

	button:focus-visible,
	input:focus-visible {
		outline: 2px solid var(--primary, #2490ef);
		outline-offset: 1px;
	}

	ai-assistant-chat {
		flex: 1;
		min-block-size: 0;
	}
`;
