import type { Phase } from "@ai-assistant/client";

import type { Answer } from "./answer.js";
import type { Texts } from "./texts/texts.js";

/** Tells screen readers how answers go on: where a new part begins, never of each word. */
export class Announcer {
	private phases = new Map<string, Phase>();
	private conversation = "";

	/** What is to be said now of the answers of a conversation; "" for nothing. */
	next(conversation: string, answers: readonly Answer[], texts: Texts): string {
		const known = this.conversation === conversation ? this.phases : null;
		this.conversation = conversation;
		this.phases = new Map(answers.map(({ key, phase }) => [key, phase]));
		const changed = answers.filter(({ key, phase }) => known && known.get(key) !== phase).at(-1);
		if (!changed || (known && !known.has(changed.key) && isOver(changed.phase))) return "";
		return said(changed.phase, texts);
	}
}

function isOver(phase: Phase): boolean {
	return phase === "completed" || phase === "stopped" || phase === "failed";
}

function said(phase: Phase, texts: Texts): string {
	switch (phase) {
		case "thinking":
			return texts.thinks;
		case "answering":
			return texts.answering;
		case "completed":
			return texts.answerDone;
		case "stopped":
			return texts.answerStopped;
		case "failed":
			return texts.answerFailed;
		default:
			return "";
	}
}
