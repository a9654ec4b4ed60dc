import type { Phase } from "@ai-assistant/client";

import { type Answer, hasEnded } from "./answer.js";
import type { Texts } from "./texts/texts.js";

/** Tells screen readers how answers go on: where a new part begins, never of each word. */
export class Announcer {
	private phases = new Map<string, Phase>();
	private conversation = "";

	/** What is to be said now of the answers of a conversation; "" for nothing. */
	next(conversation: string, answers: readonly Answer[], texts: Texts): string {
		const known = this.conversation === conversation ? this.phases : new Map<string, Phase>();
		const changed = answers.filter((answer) =>
			known.has(answer.key) ? known.get(answer.key) !== answer.phase : !hasEnded(answer),
		);
		this.conversation = conversation;
		this.phases = new Map(answers.map(({ key, phase }) => [key, phase]));
		const newest = changed.at(-1);
		return newest ? said(newest.phase, texts) : "";
	}
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
