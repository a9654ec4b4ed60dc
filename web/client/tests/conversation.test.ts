import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, beforeEach, expect, test } from "vitest";

import { Client } from "../src/index.js";
import type { StoredMessage } from "../src/index.js";

const conversation = { id: "7", title: "Leave", created: 0, modified: 0, status: "active" };

const answers: Record<string, () => object> = {
	"chat.get_conversation_history": () => ({ conversation, messages, runs, before: null }),
	chat_completion: () => ({ task_id: "r", conversation_id: "7", message_id: "a" }),
	get_events: () => ({ events: [], cursor: "", done: false }),
};

let server: Server;
let client: Client;
let messages: object[];
let runs: object[];
let asked: string[];
/** The bodies of all that was asked. */
let sent: string;
/** HTTP status codes of methods that fail. */
let failing: Record<string, number>;

beforeEach(async () => {
	asked = [];
	sent = "";
	failing = {};
	messages = runs = [];
	server = createServer((request, response) => {
		const method = request.url?.split("api.").at(-1)?.split("?")[0] ?? "";
		asked.push(method);
		request.setEncoding("utf8").on("data", (part: string) => (sent += part));
		response.statusCode = failing[method] ?? 200;
		response.setHeader("Content-Type", "application/json");
		response.end(JSON.stringify({ message: answers[method]?.() }));
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	client = new Client({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});

afterEach(() => {
	client.close();
	server.closeAllConnections();
	server.close();
});

function message(id: string, fields: Partial<StoredMessage> = {}): object {
	return { id, role: "user", content: "Hello?", reasoning: "", parent: null, feedback: null, ...fields };
}

test("messages that have not changed stay the same objects", async () => {
	messages = [message("a"), message("b"), message("c")];
	const opened = client.open("7");
	await opened.refresh();
	const before = opened.state.messages;
	messages = [
		message("a"),
		message("b", { content: "Hallo?" }),
		message("c", { feedback: { rating: "good", comment: "" } }),
	];
	await opened.refresh();
	const after = opened.state.messages;
	expect(after).toEqual(messages);
	expect(after.map((one, place) => one === before[place])).toEqual([true, false, false]);
});

test("a new conversation is empty without asking the site", async () => {
	const opened = client.open();
	await opened.refresh();
	expect(opened.state).toMatchObject({ isLoaded: true, conversation: null, messages: [] });
	expect(asked).toEqual([]);
});

test("what was said stays until it can be read among the messages", async () => {
	const opened = client.open("7");
	await opened.refresh();
	failing = { "chat.get_conversation_history": 500 };
	await opened.send({ message: "Hello?" });
	expect(opened.state.sending).toMatchObject([{ request: { message: "Hello?" }, messageId: "a" }]);
	failing = {};
	messages = [message("a")];
	await opened.refresh();
	expect(opened.state).toMatchObject({ sending: [], messages });
});

test("nothing stays of a conversation that was deleted elsewhere", async () => {
	messages = [message("a")];
	runs = [{ task_id: "r", answers: "a" }];
	const opened = client.open("7");
	await opened.refresh();
	expect(opened.state.runs).toHaveLength(1);
	failing = { "chat.get_conversation_history": 404 };
	await opened.refresh();
	expect(opened.state).toMatchObject({ conversation: null, messages: [], runs: [], isLoaded: true });
});

test("an answer that the site does not have any more has failed", async () => {
	messages = [message("a")];
	runs = [{ task_id: "r", answers: "a" }];
	failing = { get_events: 404 };
	const opened = client.open("7");
	const phases = new Promise((resolve) => {
		opened.subscribe((state) => {
			if (state.runs[0]?.isLost) resolve(state.runs[0].phase);
		});
	});
	expect(await phases).toBe("failed");
});

test("only what somebody looks at is read again, and little else is kept", async () => {
	const first = client.open("1");
	first.subscribe(() => undefined)();
	const unsent = client.open("2");
	failing = { chat_completion: 422 };
	await expect(unsent.send({ message: "Hello?" })).rejects.toThrow();
	const watched = client.open("3");
	watched.subscribe(() => undefined);
	for (let id = 4; id < 30; id++) client.open(String(id));
	expect(client.open("1")).not.toBe(first);
	expect(client.open("2")).toBe(unsent);
	expect(client.open("3")).toBe(watched);
	await Promise.all([watched, client.open("1")].map((opened) => opened.refresh()));
	asked = [];
	client.wake();
	await watched.refresh();
	expect(asked.filter((method) => method === "chat.get_conversation_history").length).toBe(2);
});

test("a client that is closed while it connects asks for nothing any more", async () => {
	failing = { get_realtime_config: 503 };
	client.connect();
	client.close();
	await client.models();
	expect(client.state.transport).toBe("connecting");
});

test("a request has an id, also where a program gives undefined", async () => {
	const given = { message: "Hello?", request_id: undefined } as object;
	await client.send(given);
	expect(sent).toMatch(/"request_id":"[-0-9a-f]{36}"/);
});
