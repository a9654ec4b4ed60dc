import type { Socket } from "socket.io-client";

/** Where the site is and how the user proves who it is; in a page of the site, nothing needs to be said. */
export interface ClientOptions {
	/** The site's web address; in a browser, that of the page. */
	readonly url?: string;
	/** `key:secret`, instead of a cookie. */
	readonly token?: string;
	/** The session's `sid`, where no browser sends its cookie. */
	readonly sid?: string;
	/** On a bench, beside a cookie: `frappe.csrf_token`. */
	readonly csrfToken?: string;
	/** A socket of the site's namespace to share, such as `frappe.realtime.socket`. It is not closed. */
	readonly socket?: Socket;
	/** Milliseconds without an inbound frame after which an open socket is dead; 25,000 if left out. */
	readonly silence?: number;
}

/** The site's web address without a slash at its end. */
export function addressOf({ url }: ClientOptions): string {
	return (url ?? location.origin).replace(/\/+$/, "");
}

/** What proves who the user is, as headers of a request. */
export function headersOf({ token, sid, csrfToken }: ClientOptions): Record<string, string> {
	return {
		...(token && { Authorization: `token ${token}` }),
		...(sid && { Cookie: `sid=${sid}` }),
		...(csrfToken && { "X-Frappe-CSRF-Token": csrfToken }),
	};
}
