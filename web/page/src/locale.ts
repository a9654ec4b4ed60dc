import { RequestError } from "@ai-assistant/client";

import { type Texts, textsIn } from "./texts/texts.js";

/** Between a number and its unit, where no line ends. */
const SPACE = "\u00a0";

/** The language of the page: its texts, and figures as it writes them. */
export class Locale {
	readonly texts: Texts;

	/** `language`: such as `de-AT`. */
	constructor(readonly language: string) {
		this.texts = textsIn(language);
	}

	count(count: number): string {
		return new Intl.NumberFormat(this.language, { maximumFractionDigits: 0 }).format(count);
	}

	/** Such as `0.42 s`. */
	seconds(milliseconds: number): string {
		const digits = milliseconds < 10_000 ? 2 : 0;
		return `${new Intl.NumberFormat(this.language, { maximumFractionDigits: digits }).format(milliseconds / 1_000)}${SPACE}s`;
	}

	/** An amount in the currency of the site's prices. */
	cost(cost: number): string {
		return new Intl.NumberFormat(this.language, { maximumSignificantDigits: 2 }).format(cost);
	}

	megabytes(bytes: number): string {
		return `${this.count(bytes / 1_000_000)}${SPACE}MB`;
	}

	/** Of Unix seconds. */
	moment(seconds: number): string {
		return new Intl.DateTimeFormat(this.language, { dateStyle: "short", timeStyle: "medium" }).format(
			seconds * 1_000,
		);
	}

	/** What went wrong, for people. */
	failure(error: unknown): string {
		if (!(error instanceof RequestError)) throw error;
		return error.code === "network" ? this.texts.away : error.message;
	}
}
