import type { Texts } from "./texts/texts.js";
import { textsIn } from "./texts/texts.js";

/** One language: its texts, and figures as it writes them. */
export class Locale {
	readonly texts: Texts;

	/** `language`: such as `de-AT`. */
	constructor(readonly language: string) {
		this.texts = textsIn(language);
	}

	/** Such as `12 s` or `2 min 5 s`. */
	seconds(seconds: number): string {
		const whole = Math.max(0, Math.round(seconds));
		const rest = `${whole % 60} s`;
		return whole < 60 ? rest : `${Math.floor(whole / 60)} min ${rest}`;
	}

	/** Such as `400 ms` or `1.4 s`. */
	moment(milliseconds: number): string {
		if (milliseconds < 1_000) return `${this.format(milliseconds, { maximumFractionDigits: 0 })} ms`;
		return `${this.format(milliseconds / 1_000, { minimumFractionDigits: 1, maximumFractionDigits: 1 })} s`;
	}

	count(count: number): string {
		return this.format(count, {});
	}

	/** An amount in the currency of the site's prices. */
	cost(cost: number): string {
		return this.format(cost, { maximumSignificantDigits: 2 });
	}

	megabytes(bytes: number): string {
		return `${this.format(bytes / 1_000_000, { maximumFractionDigits: 1 })} MB`;
	}

	private format(value: number, options: Intl.NumberFormatOptions): string {
		return new Intl.NumberFormat(this.language, options).format(value);
	}
}
