// A client of a site that does what it reads, one JSON object a line, and tells what it sees.
import { createInterface } from "node:readline";
import { io } from "socket.io-client";

import { Client } from "../dist/node.js";

const { shared, ...options } = JSON.parse(process.argv[2]);
if (shared) options.socket = io(shared.url, { transports: ["websocket"], auth: { token: shared.token } });
const client = new Client(options);

function tell(kind, value) {
	console.log(JSON.stringify({ kind, value }));
}

const commands = {
	ask: async (name, ...values) => client[name](...values),
	conversations: async (name, ...values) => client.conversations[name](...values),
	follow: async (taskId) =>
		void client.subscribe(taskId, (state) => tell("run", { ...state, seen: client.now() })),
	open: async (id) => void client.open(id).subscribe((state) => tell("conversation", state)),
	conversation: async (id, name, ...values) => client.open(id)[name](...values),
};

async function obey({ id, command, values }) {
	try {
		tell("reply", { id, result: (await commands[command](...values)) ?? null });
	} catch ({ name, message, status, code }) {
		tell("reply", { id, failure: { name, message, status, code } });
	}
}

client.onState((state) => tell("connection", state));
client.onActivity((activity) => tell("activity", activity));
client.connect();
for await (const line of createInterface({ input: process.stdin })) void obey(JSON.parse(line));
client.close();
options.socket?.close();
