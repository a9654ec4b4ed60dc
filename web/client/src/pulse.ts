import type { Socket } from "socket.io-client";

/** Milliseconds for an answer when something may have happened to the connection. */
const PROBE = 3_000;

/** Tells whether an open socket is alive: only an inbound frame proves that. */
export class Pulse {
	private lastFrame = performance.now();
	private asked: number | null = null;
	private engine: Socket["io"]["engine"] | null = null;

	/** `silence`: milliseconds without a frame after which it is dead. */
	constructor(
		private readonly socket: Socket,
		private readonly silence: number,
	) {}

	/** Begins with a connection that was just made, or is there. */
	start(): void {
		this.stop();
		this.engine = this.socket.io.engine;
		this.engine.on("packet", this.beat);
		this.beat();
	}

	stop(): void {
		this.engine?.off("packet", this.beat);
	}

	/** Asks for a sign of life, which has to come soon. */
	probe(): void {
		this.asked = performance.now();
		this.socket.emit("ping");
	}

	/** Whether no sign of life came in time; asks for one before it is too late. Called again and again. */
	isDead(): boolean {
		const now = performance.now();
		const silent = now - this.lastFrame;
		if (silent > this.silence * 0.6 && this.asked === null) {
			this.socket.emit("ping");
			this.asked = Infinity;
		}
		return silent > this.silence || (this.asked !== null && now - this.asked > PROBE);
	}

	private readonly beat = (): void => {
		this.lastFrame = performance.now();
		this.asked = null;
	};
}
