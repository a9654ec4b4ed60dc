/** Milliseconds of a frame that may go into painting what waits. */
const SHARE = 5;

/** Paints what can wait a little at a time, what was asked for last first, so that a long conversation never freezes. */
class Painter {
	private readonly waiting: ((until: number) => boolean)[] = [];

	/** `paint` is called until it returns true. */
	add(paint: (until: number) => boolean): void {
		if (!this.waiting.length) requestAnimationFrame(this.run);
		this.waiting.push(paint);
	}

	private readonly run = (): void => {
		const until = performance.now() + SHARE;
		try {
			while (performance.now() < until) {
				const paint = this.waiting.pop();
				if (!paint) return;
				if (!paint(until)) this.waiting.push(paint);
			}
		} finally {
			if (this.waiting.length) requestAnimationFrame(this.run);
		}
	};
}

export const painter = new Painter();
