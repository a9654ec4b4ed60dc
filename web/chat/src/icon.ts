import { html, type TemplateResult } from "lit";

const PATHS = {
	archive: "M4 8h16v11a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1zM3 4h18v4H3zm7 8h4",
	attach: "m20 11-8.5 8.5a5 5 0 0 1-7-7L13 4a3.3 3.3 0 0 1 4.7 4.7l-8.5 8.5a1.6 1.6 0 0 1-2.4-2.3L14.5 7.3",
	bad: "M17 14V3h3a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1zm0 0-4 7a2 2 0 0 1-2-2v-4H5a2 2 0 0 1-2-2.300l1.2-8A2 2 0 0 1 6.2 3H17",
	branchBack: "m15 6-6 6 6 6",
	branchOn: "m9 6 6 6-6 6",
	check: "m5 12 5 5L20 7",
	close: "M6 6l12 12M18 6 6 18",
	copy: "M9 9h11v11H9zM5 15H4V4h11v1",
	delete: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
	down: "M12 5v14m-6-6 6 6 6-6",
	edit: "m4 20 1-5L16 4l4 4L9 19z",
	good: "M7 10v11H4a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1zm0 0 4-7a2 2 0 0 1 2 2v4h6a2 2 0 0 1 2 2.300l-1.2 8a2 2 0 0 1-2 1.700H7",
	keyboard: "M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M17.5 10h.01M7 14h10",
	menu: "M4 7h16M4 12h16M4 17h10",
	more: "M6 12h.01M12 12h.01M18 12h.01",
	new: "M12 5v14M5 12h14",
	retry: "M20 5v5h-5M4 19v-5h5M19.4 10A8 8 0 0 0 5.6 7.500M4.6 14a8 8 0 0 0 13.8 2.5",
	search: "M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14zm5 12 5 5",
	send: "M12 20V5m-6 6 6-6 6 6",
	stop: "M8 8h8v8H8z",
} as const;

export type IconName = keyof typeof PATHS;

/** A drawing in the colour of the text; whoever shows it says what it means. */
export function icon(name: IconName): TemplateResult {
	return html`<svg class="icon icon-${name}" viewBox="0 0 24 24" aria-hidden="true">
		<path d=${PATHS[name]} />
	</svg>`;
}
