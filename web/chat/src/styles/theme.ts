import { css } from "lit";

/** Colours and measures. Whoever embeds the chat may set any `--ai-…` on it. */
export const theme = css`
	:host {
		--font: var(--ai-font, "Inter", system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif);
		--code-font: var(--ai-code-font, ui-monospace, "SF Mono", "Cascadia Code", "DejaVu Sans Mono", monospace);
		--measure: var(--ai-measure, 46rem);
		--radius: var(--ai-radius, 14px);
		--ground: var(--ai-ground, light-dark(#fdfcfa, #16181b));
		--shade: var(--ai-shade, light-dark(#f5f3ee, #1d2024));
		--raised: var(--ai-raised, light-dark(#fff, #23272c));
		--line: var(--ai-line, light-dark(#e5e1d8, #353a41));
		--ink: var(--ai-ink, light-dark(#24272b, #e7e5e0));
		--soft: var(--ai-soft, light-dark(#62666b, #a3a7ad));
		--accent: var(--ai-accent, light-dark(#1f6b62, #7fcabb));
		--on-accent: var(--ai-on-accent, light-dark(#fff, #10201d));
		--tint: var(--ai-tint, light-dark(#e8f0ed, #24332f));
		--alarm: var(--ai-alarm, light-dark(#a3372b, #f2a094));
		--alarm-tint: var(--ai-alarm-tint, light-dark(#fbeeea, #3a2522));
		--code-word: light-dark(#8a3b8f, #d3a5d8);
		--code-text: light-dark(#2f6b34, #a4cf98);
		--code-name: light-dark(#1d5a9c, #94bdea);
		--code-value: light-dark(#9a4a12, #e5b287);
		color-scheme: light dark;
		container-type: inline-size;
		display: block;
		block-size: 100%;
		min-block-size: 20rem;
		background: var(--ground);
		color: var(--ink);
		font: 1rem/1.6 var(--font);
		letter-spacing: normal;
		overflow: hidden;
		-webkit-text-size-adjust: 100%;
		text-size-adjust: 100%;
	}

	:host([theme="light"]) {
		color-scheme: light;
	}

	:host([theme="dark"]) {
		color-scheme: dark;
	}

	:host([hidden]) {
		display: none;
	}

	*,
	::before,
	::after {
		box-sizing: border-box;
	}

	@media (prefers-reduced-motion: reduce) {
		*,
		::before,
		::after {
			animation: none !important;
			transition: none !important;
			scroll-behavior: auto !important;
		}
	}
`;
