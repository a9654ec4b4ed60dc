import type { Rating, Sending } from "@ai-assistant/client";

/** What a user may do with what was said. */
export interface Actions {
	/** The site's time in Unix milliseconds. */
	readonly now: () => number;
	chooseBranch(messageId: string): void;
	/** Says something else in the place of a message. Rejected where the site does not take it. */
	edit(messageId: string, text: string): Promise<unknown>;
	rate(messageId: string, rating: Rating | null): void;
	/** The `data:` URL of an image that came with a message. */
	image(attachmentId: string): Promise<string>;
	/** Reads the messages before those that are shown. */
	loadOlder(): void;
	regenerate(messageId: string): void;
	/** Sends again what did not arrive. */
	resend(sending: Sending): void;
}
