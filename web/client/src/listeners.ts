export type Unsubscribe = () => void;

/** Those who want to be told of one thing. */
export class Listeners<T> {
	private readonly all = new Set<(value: T) => void>();

	get size(): number {
		return this.all.size;
	}

	add(listener: (value: T) => void): Unsubscribe {
		const own = (value: T): void => {
			listener(value);
		};
		this.all.add(own);
		return () => {
			this.all.delete(own);
		};
	}

	/** An error that one of them throws is nobody else's: it goes to where errors go that nobody catches. */
	tell(value: T): void {
		for (const listener of [...this.all]) {
			try {
				listener(value);
			} catch (error) {
				queueMicrotask(() => {
					throw error;
				});
			}
		}
	}
}
