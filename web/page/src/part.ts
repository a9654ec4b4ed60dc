import { RequestError } from "@ai-assistant/client";
import { html, LitElement, nothing } from "lit";
import { property, state } from "lit/decorators.js";

import type { Locale } from "./locale.js";

/** A part of the page: it renders into the page's own shadow root, so that one style sheet serves all. */
export abstract class Part extends LitElement {
	@property({ attribute: false }) locale!: Locale;
	@state() protected failure = "";

	protected override createRenderRoot(): HTMLElement {
		return this;
	}

	/** What the site answers; undefined, and `failure` says why, where it refuses. Event: `signedout`. */
	protected async attempt<T>(work: Promise<T>): Promise<T | undefined> {
		try {
			const answer = await work;
			this.failure = "";
			return answer;
		} catch (error) {
			if (error instanceof RequestError && error.status === 401)
				this.dispatchEvent(new Event("signedout", { bubbles: true }));
			else this.failure = this.locale.failure(error);
			return undefined;
		}
	}

	protected alert(): unknown {
		return this.failure ? html`<p class="notice failed" role="alert">${this.failure}</p>` : nothing;
	}
}
