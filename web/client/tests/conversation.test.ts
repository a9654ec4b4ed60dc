import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, beforeEach, expect, test } from "vitest";

import { Client } from "../src/index.js";
import type { StoredMessage } from "../src/index.js";

const conversation = { id: "7", title: "Leave", created: 0, modified: 0, status: "active" };

let server: Server;
let client: Client;
let messages: object[];
let asked: number;

beforeEach(async () => {
	asked = 0;
	server = createServer((_, response) => {
		asked += 1;
		response.setHeader("Content-Type", "application/json");
		response.end(JSON.stringify({ message: { conversation, messages, runs: [], before: null } }));
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
	expect(asked).toBe(0);
});
