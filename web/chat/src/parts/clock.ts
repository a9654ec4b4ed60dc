import { nothing } from "lit";
import { property } from "lit/decorators.js";

import { define, Part } from "./part.js";

const SECOND = 1_000;

/** Says a text with the seconds since or until an instant, and keeps it true. */
export class Clock extends Part {
	/** The present at the site, in Unix milliseconds as the instants. */
	@property({ attribute: false }) now!: () => number;
	@property({ attribute: false }) since: number | null = null;
	@property({ attribute: false }) until: number | null = null;
	@property({ attribute: false }) say!: (time: string) => string;
	/** Called when the instant has come. */
	@property({ attribute: false }) over: (() => void) | null = null;

	private timer: ReturnType<typeof setTimeout> | undefined;

	override connectedCallback(): void {
		super.connectedCallback();
		this.requestUpdate();
	}

	override disconnectedCallback(): void {
		super.disconnectedCallback();
		clearTimeout(this.timer);
	}

	protected override render(): unknown {
		const now = this.now();
		const milliseconds = this.until === null ? now - (this.since ?? now) : this.until - now;
		this.tick(milliseconds);
		return (
			this.say(
				this.locale.seconds(
					this.until === null ? Math.floor(milliseconds / SECOND) : Math.ceil(milliseconds / SECOND),
				),
			) || nothing
		);
	}

	/** At the next full second. */
	private tick(milliseconds: number): void {
		clearTimeout(this.timer);
		if (this.until !== null && milliseconds <= 0) {
			this.over?.();
			return;
		}
		const part = milliseconds % SECOND;
		this.timer = setTimeout(() => this.requestUpdate(), this.until === null ? SECOND - part : part || SECOND);
	}
}

define("ai-assistant-clock", Clock);
