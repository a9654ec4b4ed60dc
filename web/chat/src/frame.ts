/** Passes on the newest of many values, once per frame of the screen. */
export class Frame<T> {
	private pending: { value: T } | undefined;

	constructor(private readonly show: (value: T) => void) {}

	readonly next = (value: T): void => {
		if (!this.pending) requestAnimationFrame(this.flush);
		this.pending = { value };
	};

	private readonly flush = (): void => {
		const { pending } = this;
		this.pending = undefined;
		if (pending) this.show(pending.value);
	};
}
