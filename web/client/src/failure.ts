/** A request that was refused or did not arrive. `message` is a sentence for people. */
export class RequestError extends Error {
	override readonly name = "RequestError";

	constructor(
		message: string,
		/** HTTP; 0 if the site could not be reached. */
		readonly status: number,
		/** See *Codes of a refused request* in docs/protocol.md; `network` if the site could not be reached. */
		readonly code: string,
		readonly retryable: boolean,
		/** Seconds. */
		readonly retryAfter: number | null = null,
	) {
		super(message);
	}
}

const codes: Record<number, string> = {
	400: "invalid_request",
	401: "auth",
	403: "permission",
	404: "not_found",
	409: "conflict",
	413: "too_large",
	417: "invalid_request",
	422: "invalid_request",
	429: "rate_limit",
};

interface Refusal {
	exception?: string;
	error?: { code: string; message: string; retryable: boolean; retry_after: number | null };
}

/** What a reply that is no success says; a bench and the proxies before a site have forms of their own. */
export function refused(status: number, body: unknown): RequestError {
	const { error, exception } = (typeof body === "object" && body !== null ? body : {}) as Refusal;
	if (error) return new RequestError(error.message, status, error.code, error.retryable, error.retry_after);
	const isAway = status >= 500;
	const code = codes[status] ?? (isAway ? "overloaded" : "invalid_request");
	// A bench puts the path of the exception's class before its text.
	const sentence = exception?.replace(/^[\w.]+(: |$)/, "");
	return new RequestError(sentence || `The site answered HTTP ${status}.`, status, code, isAway);
}

export function unreachable(): RequestError {
	return new RequestError("The site cannot be reached.", 0, "network", true);
}
