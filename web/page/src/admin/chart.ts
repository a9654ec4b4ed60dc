import { svg, type TemplateResult } from "lit";

const WIDTH = 240;
const HEIGHT = 48;

/** A line through two numbers or more, the newest at the right; the lowest place is zero. */
export function chart(numbers: readonly number[], label: string): TemplateResult {
	const highest = Math.max(...numbers, 1e-9);
	const step = WIDTH / (numbers.length - 1);
	const points = numbers.map((number, index) => {
		const y = HEIGHT - 2 - (number / highest) * (HEIGHT - 4);
		return `${(index * step).toFixed(1)},${y.toFixed(1)}`;
	});
	const area = `0,${HEIGHT} ${points.join(" ")} ${WIDTH},${HEIGHT}`;
	return svg`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label=${label}>
		<polygon points=${area} />
		<polyline points=${points.join(" ")} />
	</svg>`;
}
