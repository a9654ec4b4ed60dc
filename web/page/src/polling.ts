import type { ReactiveController, ReactiveControllerHost } from "lit";

/** Looks again and again while its host is there and somebody can see the page; one look at a time. */
export class Polling implements ReactiveController {
	private timer: ReturnType<typeof setTimeout> | undefined;
	private isThere = false;

	/** `every`: milliseconds between two looks. */
	constructor(
		host: ReactiveControllerHost,
		private readonly look: () => Promise<void>,
		private readonly every: number,
	) {
		host.addController(this);
	}

	hostConnected(): void {
		this.isThere = true;
		document.addEventListener("visibilitychange", this.begin);
		this.begin();
	}

	hostDisconnected(): void {
		this.isThere = false;
		document.removeEventListener("visibilitychange", this.begin);
		clearTimeout(this.timer);
	}

	private readonly begin = (): void => {
		clearTimeout(this.timer);
		if (this.isThere && !document.hidden) void this.look().finally(this.wait);
	};

	private readonly wait = (): void => {
		clearTimeout(this.timer);
		if (this.isThere) this.timer = setTimeout(this.begin, this.every);
	};
}
