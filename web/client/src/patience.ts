import { RequestError } from "./failure.js";

/** Milliseconds before the first repetition and before a late one. */
const SHORTEST = 500;
const LONGEST = 10_000;

/** How long to wait after so many failures: ever longer, and not at the same moment as everybody else. */
export function pauseAfter(failures: number): number {
	return Math.min(LONGEST, SHORTEST * 1.5 ** (failures - 1)) * (0.75 + Math.random() / 2);
}

/** Milliseconds; returns at once when the signal is given. */
export function pause(duration: number, signal?: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const end = (): void => {
			clearTimeout(timer);
			signal?.removeEventListener("abort", end);
			resolve();
		};
		const timer = setTimeout(end, duration);
		if (signal?.aborted) end();
		else signal?.addEventListener("abort", end);
	});
}

/** Does it until it arrives, eight times at most: for requests that may be repeated. Throws the last RequestError. */
export async function persist<T>(request: () => Promise<T>): Promise<T> {
	for (let failures = 1; ; failures++) {
		try {
			return await request();
		} catch (error) {
			const isAway = error instanceof RequestError && (error.status === 0 || error.status >= 502);
			if (!isAway || failures === 8) throw error;
			await pause(pauseAfter(failures));
		}
	}
}
