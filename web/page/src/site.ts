import { refused, unreachable } from "@ai-assistant/client";

const METHODS = "/api/method/";

/** What a method of the site that only reads answers. Throws RequestError. */
export async function get<T>(method: string, parameters: Record<string, string> = {}): Promise<T> {
	const query = new URLSearchParams(parameters).toString();
	return answer<T>(await request(query ? `${method}?${query}` : method, {}));
}

/** What a method of the site answers. Throws RequestError. */
export async function post<T>(method: string, parameters: Record<string, unknown> = {}): Promise<T> {
	const headers = { "Content-Type": "application/json" };
	const body = JSON.stringify(parameters);
	return answer<T>(await request(method, { method: "POST", headers, body }));
}

async function request(path: string, options: RequestInit): Promise<Response> {
	try {
		return await fetch(METHODS + path, { ...options, signal: AbortSignal.timeout(60_000) });
	} catch {
		throw unreachable();
	}
}

async function answer<T>(response: Response): Promise<T> {
	const body: unknown = await response.json().catch(() => undefined);
	if (!response.ok || body === undefined) throw refused(response.status, body);
	return (body as { message: T }).message;
}

/** A method of ours. */
export function own(name: string): string {
	return `ai_assistant.api.${name}`;
}
