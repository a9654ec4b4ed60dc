import type { ServerClock } from "./clock.js";
import { refused, unreachable } from "./failure.js";
import { addressOf, type ClientOptions, headersOf } from "./options.js";

const METHODS = "/api/method/ai_assistant.api.";

/** Milliseconds that a method is given to answer: one that only reads, and one that changes something. */
const READING = 15_000;
const CHANGING = 30_000;

type Options = Omit<RequestInit, "headers"> & { headers?: Record<string, string> };

export type Parameters = Readonly<Record<string, unknown>>;

/** A site's methods over HTTP. All throw RequestError. */
export class Site {
	private readonly url: string;
	private readonly headers: Readonly<Record<string, string>>;

	constructor(
		options: ClientOptions,
		private readonly clock: ServerClock,
	) {
		this.url = addressOf(options);
		this.headers = headersOf(options);
	}

	/** What a method that only reads answers. */
	async get<T>(method: string, parameters: Parameters = {}): Promise<T> {
		return this.answer<T>(method + query(parameters), { method: "GET" });
	}

	/** What a method answers. */
	async post<T>(method: string, parameters: Parameters = {}): Promise<T> {
		const headers = { "Content-Type": "application/json" };
		return this.answer<T>(method, { method: "POST", headers, body: JSON.stringify(parameters) });
	}

	/** The answer of a method that goes on answering, until the signal. */
	async stream(method: string, parameters: Parameters, signal: AbortSignal): Promise<Response> {
		const response = await this.fetch(method + query(parameters), { signal, cache: "no-store" });
		if (!response.ok) throw refused(response.status, await bodyOf(response));
		return response;
	}

	private async answer<T>(method: string, options: Options): Promise<T> {
		const signal = AbortSignal.timeout(options.method === "GET" ? READING : CHANGING);
		const response = await this.fetch(method, { ...options, signal });
		const body = await bodyOf(response);
		if (!response.ok || body === undefined) throw refused(response.status, body);
		return (body as { message: T }).message;
	}

	private async fetch(method: string, options: Options): Promise<Response> {
		const headers = { Accept: "application/json", ...this.headers, ...options.headers };
		let response: Response;
		try {
			response = await fetch(this.url + METHODS + method, { ...options, headers });
		} catch {
			throw unreachable();
		}
		this.clock.learn(Date.parse(response.headers.get("Date") ?? ""));
		return response;
	}
}

/** Undefined if it is not JSON. Throws RequestError if it breaks off. */
async function bodyOf(response: Response): Promise<unknown> {
	let text: string;
	try {
		text = await response.text();
	} catch {
		throw unreachable();
	}
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function query(parameters: Parameters): string {
	const pairs = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null);
	return pairs.length
		? `?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString()}`
		: "";
}
