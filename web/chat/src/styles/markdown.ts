import { css } from "lit";

/** Text that was written as Markdown. */
export const markdown = css`
	ai-assistant-markdown {
		display: grid;
		gap: 0.875rem;
		grid-template-columns: minmax(0, 1fr);
		line-height: 1.65;
		overflow-wrap: break-word;
	}

	ai-assistant-markdown:empty {
		display: none;
	}

	.block.raw {
		white-space: pre-wrap;
	}

	.block > * {
		margin: 0;
	}

	.block > * + * {
		margin-block-start: 0.875rem;
	}

	.block :is(h1, h2, h3, h4, h5, h6) {
		margin-block: 0.5rem 0;
		font-weight: 600;
		line-height: 1.35;
		letter-spacing: -0.005em;
	}

	.block h1 {
		font-size: 1.375rem;
	}

	.block h2 {
		font-size: 1.1875rem;
	}

	.block :is(h3, h4, h5, h6) {
		font-size: 1.0625rem;
	}

	.block :is(ul, ol) {
		padding-inline-start: 1.5rem;
	}

	.block li + li,
	.block li > :is(ul, ol, .code, .table, blockquote),
	.block li > p + p {
		margin-block-start: 0.375rem;
	}

	.block li > p {
		margin: 0;
	}

	.block li::marker {
		color: var(--soft);
	}

	.block blockquote {
		padding-inline-start: 1rem;
		border-inline-start: 3px solid var(--line);
		color: var(--soft);
	}

	.block blockquote > * {
		margin-block: 0.375rem;
	}

	.block hr {
		inline-size: 100%;
		margin-block: 0.5rem;
		border: 0;
		border-block-start: 1px solid var(--line);
	}

	.block a {
		color: var(--accent);
		text-underline-offset: 0.15em;
		text-decoration-thickness: 1px;
	}

	.block :not(pre) > code {
		padding: 0.1em 0.35em;
		border-radius: 5px;
		background: color-mix(in srgb, var(--ink) 8%, transparent);
		font: 0.875em var(--code-font);
	}

	.block mark {
		background: light-dark(#fbf0b8, #564a13);
		color: inherit;
	}

	.block img {
		max-inline-size: 100%;
		block-size: auto;
		border-radius: 10px;
	}

	.picture {
		max-inline-size: 100%;
		padding: 0.5rem 0.875rem;
		border: 1px dashed var(--soft);
		border-radius: 10px;
		color: var(--soft);
		font-size: 0.875rem;
		overflow-wrap: anywhere;
		text-align: start;
	}

	[data-math] {
		font-family: "STIX Two Math", "Cambria Math", "Latin Modern Math", "DejaVu Math TeX Gyre", serif;
		font-style: normal;
		unicode-bidi: isolate;
	}

	[data-math="block"] {
		display: block;
		overflow-x: auto;
		padding: 0.5rem 1rem;
		text-align: center;
		white-space: pre-wrap;
	}

	.table {
		overflow-x: auto;
		border: 1px solid var(--line);
		border-radius: 10px;
	}

	.table table {
		inline-size: 100%;
		border-collapse: collapse;
		font-size: 0.9375rem;
		font-variant-numeric: tabular-nums;
	}

	.table :is(th, td) {
		padding: 0.4375rem 0.875rem;
		border-block-end: 1px solid var(--line);
		text-align: start;
		vertical-align: top;
	}

	.table :is(th, td)[align="center"] {
		text-align: center;
	}

	.table :is(th, td)[align="right"] {
		text-align: end;
	}

	.table th {
		background: var(--shade);
		font-weight: 550;
	}

	.table tr:last-child td {
		border-block-end: 0;
	}

	.code {
		margin: 0;
		border: 1px solid var(--line);
		border-radius: 10px;
		background: var(--shade);
		overflow: hidden;
	}

	.code figcaption {
		display: flex;
		align-items: center;
		justify-content: space-between;
		padding-inline: 1rem 0.375rem;
		color: var(--soft);
		font-size: 0.8125rem;
	}

	.code pre {
		margin: 0;
		padding: 0 1rem 0.875rem;
		overflow-x: auto;
		font: 0.84375rem/1.6 var(--code-font);
		tab-size: 4;
	}

	.code :is(pre, .copy):focus-visible {
		outline-offset: -2px;
	}

	.hljs-comment,
	.hljs-quote {
		color: var(--soft);
		font-style: italic;
	}

	:is(.hljs-keyword, .hljs-selector-tag, .hljs-literal, .hljs-type, .hljs-doctag) {
		color: var(--code-word);
	}

	:is(.hljs-string, .hljs-regexp, .hljs-addition, .hljs-attribute) {
		color: var(--code-text);
	}

	:is(.hljs-title, .hljs-section, .hljs-name, .hljs-selector-id, .hljs-selector-class, .hljs-built_in) {
		color: var(--code-name);
	}

	:is(
		.hljs-number,
		.hljs-symbol,
		.hljs-variable,
		.hljs-template-variable,
		.hljs-attr,
		.hljs-meta,
		.hljs-bullet
	) {
		color: var(--code-value);
	}

	.hljs-deletion {
		color: var(--alarm);
	}

	.hljs-emphasis {
		font-style: italic;
	}

	.hljs-strong {
		font-weight: 600;
	}
`;
