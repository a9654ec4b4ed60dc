import { expect, test } from "vitest";

import { Intents } from "../src/intents.js";

test("what is under way is not asked for again, and then it is another request", async () => {
	const intents = new Intents();
	const ids: string[] = [];
	const ask = (id: string): Promise<unknown> => Promise.resolve(ids.push(id));
	await Promise.all([intents.carryOut("one", ask), intents.carryOut("one", ask)]);
	expect(ids).toHaveLength(1);
	await intents.carryOut("one", ask);
	expect(new Set(ids).size).toBe(2);
});

test("what failed is the same request when it is asked for again", async () => {
	const intents = new Intents();
	const ids: string[] = [];
	const ask = (id: string): Promise<unknown> => {
		ids.push(id);
		return Promise.reject(new Error("No connection."));
	};
	await expect(intents.carryOut("one", ask)).rejects.toThrow("No connection.");
	await expect(intents.carryOut("one", ask)).rejects.toThrow("No connection.");
	await expect(intents.carryOut("another", ask)).rejects.toThrow("No connection.");
	expect(ids[1]).toBe(ids[0]);
	expect(ids[2]).not.toBe(ids[0]);
});
