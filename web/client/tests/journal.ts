import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import type { ProgressEvent } from "../src/index.js";

/** A server that answers `get_events` from a list of one run's events, as a site does. */
export class Journal {
	readonly events: ProgressEvent[] = [];
	/** How often it was asked. */
	asked = 0;
	isAway = false;
	isMissing = false;
	/** Done while a question is under way, before it is answered. */
	meanwhile = (): void => undefined;
	private readonly server: Server;

	constructor() {
		this.server = createServer((request, response) => {
			this.asked += 1;
			const { searchParams } = new URL(request.url ?? "", "http://localhost");
			const page = this.after(searchParams.get("after") ?? "0-0");
			this.meanwhile();
			response.statusCode = this.isAway ? 503 : this.isMissing ? 404 : 200;
			response.setHeader("Content-Type", "application/json");
			response.end(JSON.stringify({ message: { events: page, cursor: "", done: false } }));
		});
	}

	async start(): Promise<string> {
		await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	async stop(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}

	private after(cursor: string): ProgressEvent[] {
		const [attempt = 0, seq = 0] = cursor.split("-").map(Number);
		return this.events.filter(
			(event) => event.attempt > attempt || (event.attempt === attempt && event.seq > seq),
		);
	}
}
