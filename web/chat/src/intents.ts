import { newId } from "@ai-assistant/client";

/** What a user wants done once, however often he clicks. */
export class Intents {
	private readonly ids = new Map<string, string>();
	private readonly underWay = new Map<string, Promise<unknown>>();

	/** Asks for it unless that is under way. Asked again after a failure, `request_id` is the same. */
	carryOut(intent: string, ask: (requestId: string) => Promise<unknown>): Promise<unknown> {
		const asked = this.underWay.get(intent) ?? this.begin(intent, ask);
		this.underWay.set(intent, asked);
		return asked;
	}

	private async begin(intent: string, ask: (requestId: string) => Promise<unknown>): Promise<void> {
		const id = this.ids.get(intent) ?? newId();
		this.ids.set(intent, id);
		try {
			await ask(id);
			this.ids.delete(intent);
		} finally {
			this.underWay.delete(intent);
		}
	}
}
