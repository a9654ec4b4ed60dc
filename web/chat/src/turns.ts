import type { ConversationState, RunState, Sending, StoredMessage } from "@ai-assistant/client";

import { type Answer, answerOfMessage, answerOfRun, hasEnded } from "./answer.js";

/** One line of what was said, in the order it is shown. */
export type Turn =
	| { readonly kind: "question"; readonly key: string; readonly message: StoredMessage }
	| { readonly kind: "answer"; readonly key: string; readonly answer: Answer }
	| { readonly kind: "sending"; readonly key: string; readonly sending: Sending };

/** The chosen branch, each run behind what it answers; an answer that is made anew stands in the place of the old one. */
export function turnsOf({ messages, runs, sending }: ConversationState): Turn[] {
	const waiting = runs.filter((run) => !messages.some((message) => message.task_id === run.taskId));
	const turns: Turn[] = [];
	for (const message of messages) {
		if (message.role === "assistant") {
			if (waiting.some((run) => run.answers !== null && run.answers === message.parent)) break;
			turns.push(turnOf(answerOfMessage(message)));
		} else if (message.role === "user") {
			turns.push({ kind: "question", key: message.id, message });
			turns.push(...taken(waiting, message.id));
		}
	}
	turns.push(
		...sending.map((one) => ({ kind: "sending", key: one.request.request_id, sending: one }) as const),
	);
	turns.push(...waiting.map((run) => turnOf(answerOfRun(run))));
	return turns;
}

export function answersOf(turns: readonly Turn[]): Answer[] {
	return turns.flatMap((turn) => (turn.kind === "answer" ? [turn.answer] : []));
}

/** The answers that are being made. */
export function underWay(turns: readonly Turn[]): Answer[] {
	return answersOf(turns).filter((answer) => !hasEnded(answer));
}

function turnOf(answer: Answer): Turn {
	return { kind: "answer", key: answer.key, answer };
}

/** The runs that answer this message, which are no longer among those that wait for a place. */
function taken(runs: RunState[], messageId: string): Turn[] {
	const found = runs.filter((run) => run.answers === messageId);
	for (const run of found) runs.splice(runs.indexOf(run), 1);
	return found.map((run) => turnOf(answerOfRun(run)));
}
