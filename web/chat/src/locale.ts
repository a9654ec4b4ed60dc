import { refused, type RequestError } from "@ai-assistant/client";

import type { Texts } from "./texts/texts.js";
import { textsIn } from "./texts/texts.js";

/** Between a number and its unit, where no line ends. */
const SPACE = "\u00a0";

/** One language: its texts, and figures as it writes them. */
export class Locale {
	readonly texts: Texts;
	/** Made at once: that takes milliseconds, which no frame of a growing answer has to spare. */
	private readonly formats: Record<"whole" | "tenths" | "exact" | "size" | "price", Intl.NumberFormat>;

	/** `language`: such as `de-AT`. */
	constructor(readonly language: string) {
		this.texts = textsIn(language);
		const format = (options?: Intl.NumberFormatOptions): Intl.NumberFormat =>
			new Intl.NumberFormat(language, options);
		this.formats = {
			exact: format(),
			price: format({ maximumSignificantDigits: 2 }),
			size: format({ maximumFractionDigits: 1 }),
			tenths: format({ minimumFractionDigits: 1, maximumFractionDigits: 1 }),
			whole: format({ maximumFractionDigits: 0 }),
		};
	}

	/** Why something did not happen: in this language, unless the site has a sentence for it. */
	failure({ code, message, status }: RequestError): string {
		if (code === "network") return this.texts.away;
		const isWordless = message === refused(status, null).message;
		return isWordless ? this.texts.refused(status) : message;
	}

	/** Such as `12 s` or `2 min 5 s`. */
	seconds(seconds: number): string {
		const whole = Math.max(0, Math.round(seconds));
		const rest = `${whole % 60}${SPACE}s`;
		return whole < 60 ? rest : `${Math.floor(whole / 60)}${SPACE}min ${rest}`;
	}

	/** Such as `400 ms` or `1.4 s`. */
	moment(milliseconds: number): string {
		if (milliseconds < 1_000) return `${this.formats.whole.format(milliseconds)}${SPACE}ms`;
		return `${this.formats.tenths.format(milliseconds / 1_000)}${SPACE}s`;
	}

	count(count: number): string {
		return this.formats.exact.format(count);
	}

	/** An amount in the currency of the site's prices. */
	cost(cost: number): string {
		return this.formats.price.format(cost);
	}

	megabytes(bytes: number): string {
		return `${this.formats.size.format(bytes / 1_000_000)}${SPACE}MB`;
	}
}
