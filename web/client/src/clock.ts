/** The site's time, as far as what it stamped lets this device know it, whatever the device's own clock says. */
export class ServerClock {
	private ahead: number | null = null;

	/** Unix milliseconds. */
	now(): number {
		return this.ahead === null ? Date.now() : performance.now() + this.ahead;
	}

	/** Something arrives that was stamped then. What was longest under way says least, so the greatest difference counts. */
	learn(stamp: number): void {
		if (Number.isNaN(stamp)) return;
		this.ahead = Math.max(this.ahead ?? -Infinity, stamp - performance.now());
	}
}
