import { html, nothing, type TemplateResult } from "lit";

import type { Locale } from "../locale.js";
import { isSignedOut, type Session, type SessionState } from "../session.js";
import { quietButton } from "./quiet-button.js";

/** What is amiss, above the conversation. `signIn`: where one signs in again, if that is another page. */
export function banners(shown: SessionState, session: Session, locale: Locale, signIn: string): unknown {
	const { texts } = locale;
	const signedOut = isSignedOut(shown);
	const offline = shown.connection.transport === "offline" && !signedOut;
	return html`${signedOut ? signInBanner(locale, signIn) : nothing}
	${offline ? html`<p class="banner" role="status">${texts.offline}</p>` : nothing}
	${
		shown.failure
			? html`<p class="banner failed" role="alert">
					<span dir="auto">${locale.failure(shown.failure)}</span>
					${quietButton("close", texts.close, () => session.dismissFailure())}
				</p>`
			: nothing
	}`;
}

function signInBanner({ texts }: Locale, signIn: string): TemplateResult {
	const link = html`<a href=${signIn}>${texts.signIn}</a>`;
	return html`<p class="banner" role="alert">${texts.signedOut} ${signIn ? link : nothing}</p>`;
}
