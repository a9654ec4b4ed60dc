import { io, type Socket } from "socket.io-client";

import type { ProgressEvent } from "./events.js";
import { Fallback } from "./fallback.js";
import { RequestError } from "./failure.js";
import { Listeners } from "./listeners.js";
import { addressOf, type ClientOptions, headersOf } from "./options.js";
import { pauseAfter } from "./patience.js";
import { Pulse } from "./pulse.js";
import type { RealtimeConfig } from "./replies.js";
import type { Runs } from "./runs.js";
import type { Site } from "./site.js";
import type { ConnectionState } from "./states.js";

const EVENT = "ai_progress";

/** Milliseconds without an inbound frame, unless the options say otherwise. */
const SILENCE = 25_000;

/** Milliseconds after which a socket that is not there is done without, and after which it is given up. */
const SLOW = 3_000;
const TOO_SLOW = 10_000;

/** Milliseconds between two looks at what open conversations may have missed while there is no socket. */
const LOOK = 10_000;

/** Brings events in: over a socket, and without one in whatever way there is until there is one again. */
export class Connection {
	readonly events = new Listeners<ProgressEvent>();
	readonly changes = new Listeners<ConnectionState>();
	/** Told when runs may have begun that no event told of. */
	readonly missed = new Listeners<void>();
	state: ConnectionState = { transport: "connecting", repairs: 0, failure: null };
	private readonly fallback: Fallback;
	private readonly silence: number;
	private socket: Socket | null = null;
	private pulse: Pulse | null = null;
	private failures = 0;
	private isOpen = false;
	private looked = 0;
	private redial: ReturnType<typeof setTimeout> | undefined;
	private slow: ReturnType<typeof setTimeout> | undefined;
	private deadline: ReturnType<typeof setTimeout> | undefined;
	private ticker: ReturnType<typeof setInterval> | undefined;

	constructor(
		private readonly site: Site,
		private readonly runs: Runs,
		private readonly options: ClientOptions,
	) {
		this.silence = options.silence ?? SILENCE;
		this.fallback = new Fallback(site, runs, this.receive, (transport) => {
			const isBack = this.state.transport === "offline" && transport !== "offline";
			this.change({ transport, ...(transport !== "offline" && { failure: null }) });
			if (isBack) void this.dial();
		});
		runs.repaired.add(() => {
			this.change({ repairs: this.state.repairs + 1 });
		});
	}

	open(): void {
		if (this.isOpen) return;
		this.isOpen = true;
		this.ticker = setInterval(this.tick, Math.min(1_000, this.silence / 5));
		for (const [target, name] of signals()) target.addEventListener(name, this.look);
		this.slow = setTimeout(this.goWithout, SLOW);
		const { socket } = this.options;
		if (socket) this.use(socket);
		if (!socket?.connected) void this.dial();
	}

	close(): void {
		this.isOpen = false;
		clearInterval(this.ticker);
		clearTimeout(this.redial);
		clearTimeout(this.slow);
		for (const [target, name] of signals()) target.removeEventListener(name, this.look);
		this.fallback.stop();
		this.hangUp();
	}

	/** Asks at once whether the site is there, and for what was missed. */
	wake(): void {
		if (this.state.transport === "socket") {
			this.pulse?.probe();
			void this.runs.repairAll();
		} else {
			this.fallback.wake();
			void this.dial();
		}
		this.missed.tell();
	}

	private async dial(): Promise<void> {
		const { socket = null } = this.options;
		clearTimeout(this.redial);
		try {
			const config = await this.site.get<RealtimeConfig>("get_realtime_config");
			if (!this.isOpen || socket?.connected || this.socket !== socket) return;
			if (this.state.transport === "offline") this.change({ transport: "stream", failure: null });
			clearTimeout(this.deadline);
			this.deadline = setTimeout(this.fall, TOO_SLOW);
			if (!socket) this.use(this.socketTo(config));
			// Frappe's own gives up after three failures.
			else if (socket.io.engine.readyState === "closed") socket.connect();
		} catch (error) {
			if (!(error instanceof RequestError)) throw error;
			if (!this.isOpen) return;
			this.goWithout();
			this.change({ transport: "offline", failure: error });
			this.dialLater();
		}
	}

	private dialLater(): void {
		this.failures += 1;
		clearTimeout(this.redial);
		if (this.isOpen) this.redial = setTimeout(() => void this.dial(), pauseAfter(this.failures));
	}

	private socketTo({ url, namespace, path }: RealtimeConfig): Socket {
		const { token, sid } = this.options;
		const address = addressOf(this.options);
		// What the site takes for its own address may lack the `s` of https that a proxy has taken off.
		const host = new URL(url).host === new URL(address).host ? address : url;
		return io(host + namespace, {
			path,
			transports: ["websocket"],
			reconnection: false,
			forceNew: true,
			timeout: TOO_SLOW,
			auth: { ...(token && { token }), ...(sid && { sid }) },
			// Node only. A bench wants an Origin, and Frappe 15 a cookie beside a token, whatever is in it.
			extraHeaders: { Cookie: "x=1", Origin: address, ...headersOf(this.options) },
		});
	}

	private use(socket: Socket): void {
		this.socket = socket;
		this.pulse = new Pulse(socket, this.silence);
		socket.on(EVENT, this.receive);
		socket.on("connect", this.rise);
		socket.on("connect_error", this.fall);
		socket.on("disconnect", this.fall);
		if (socket.connected) this.rise();
	}

	private hangUp(): void {
		const { socket } = this;
		clearTimeout(this.deadline);
		this.pulse?.stop();
		socket?.off(EVENT, this.receive);
		socket?.off("connect", this.rise);
		socket?.off("connect_error", this.fall);
		socket?.off("disconnect", this.fall);
		this.socket = null;
		if (socket && socket !== this.options.socket) socket.disconnect();
	}

	private readonly rise = (): void => {
		clearTimeout(this.slow);
		clearTimeout(this.deadline);
		this.failures = 0;
		this.pulse?.start();
		this.fallback.stop();
		this.change({ transport: "socket", failure: null });
		void this.runs.repairAll();
		this.missed.tell();
	};

	private readonly fall = (): void => {
		this.pulse?.stop();
		this.goWithout();
		if (!this.options.socket) this.hangUp();
		this.dialLater();
	};

	private readonly goWithout = (): void => {
		clearTimeout(this.slow);
		if (this.state.transport === "socket" || this.state.transport === "connecting") {
			this.change({ transport: "stream" });
			this.looked = performance.now();
			this.fallback.start();
		}
	};

	private readonly tick = (): void => {
		if (this.state.transport === "socket") {
			this.runs.check();
			if (this.pulse?.isDead()) this.drop();
		} else if (performance.now() - this.looked > LOOK) {
			this.looked = performance.now();
			this.missed.tell();
		}
	};

	/** Ends a socket that is dead though it seems open. */
	private drop(): void {
		if (this.options.socket) this.options.socket.io.engine.close();
		else this.fall();
	}

	/** Something may have happened to the connection: the page is seen again, or the network went or is back. */
	private readonly look = (): void => {
		if (document.visibilityState === "visible") this.wake();
	};

	private readonly receive = (event: ProgressEvent): void => {
		this.events.tell(event);
		this.runs.receive(event);
	};

	private change(change: Partial<ConnectionState>): void {
		const names = Object.keys(change) as (keyof ConnectionState)[];
		if (names.every((name) => change[name] === this.state[name])) return;
		this.state = { ...this.state, ...change };
		this.changes.tell(this.state);
	}
}

/** What tells that something may have happened to the connection; nothing does outside of a browser. */
function signals(): [EventTarget, string][] {
	if (typeof document === "undefined") return [];
	return [
		[window, "online"],
		[window, "offline"],
		[document, "visibilitychange"],
	];
}
