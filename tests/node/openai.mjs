// Asks a site through OpenAI's client for Node and prints what it got as JSON.
import OpenAI from "openai";

const { baseURL, apiKey, plain, calling, broken, tools } = JSON.parse(process.argv[2]);
const messages = [{ role: "user", content: "Hello?" }];
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0, timeout: 30_000 });

async function failure(ask) {
	try {
		await ask();
	} catch (error) {
		return [error.constructor.name, error.status ?? null];
	}
}

async function drain(stream) {
	const chunks = [];
	for await (const chunk of stream) chunks.push(chunk);
	return chunks;
}

const whole = await client.chat.completions.create({ model: plain, messages });
const chunks = await drain(
	await client.chat.completions.create({
		model: plain,
		messages,
		stream: true,
		stream_options: { include_usage: true },
	}),
);
const deltas = chunks.flatMap((chunk) => chunk.choices.map((choice) => choice.delta));
const called = await client.chat.completions.stream({ model: calling, messages, tools }).finalChatCompletion();
const runnable = tools.map((tool) => ({
	...tool,
	function: { ...tool.function, strict: true, function: () => "Sunny." },
}));
const ran = [];
for (const stream of [false, true]) {
	const asked = { model: calling, messages, tools: runnable, stream };
	const runner = client.chat.completions.runTools(asked, { maxChatCompletions: 2 });
	await runner.done();
	ran.push(runner.messages.map((message) => message.role));
}
const models = [];
for await (const model of client.models.list()) models.push(model.id);
const stranger = new OpenAI({ baseURL, apiKey: "no:body", maxRetries: 0 });

const found = {
	whole: whole.choices[0].message.content,
	streamed: deltas.map((delta) => delta.content ?? "").join(""),
	reasoning: deltas.map((delta) => delta.reasoning_content ?? "").join(""),
	tokens: { whole: whole.usage.completion_tokens, streamed: chunks.at(-1).usage.completion_tokens },
	calls: called.choices[0].message.tool_calls.map((call) => ({ id: call.id, ...call.function })),
	ran,
	models,
	errors: {
		key: await failure(() => stranger.models.list()),
		model: await failure(() => client.chat.completions.create({ model: "gpt-0", messages })),
		parameter: await failure(() => client.chat.completions.create({ model: plain, messages, n: 2 })),
		broken: await failure(async () =>
			drain(await client.chat.completions.create({ model: broken, messages, stream: true })),
		),
	},
};
console.log(JSON.stringify(found));
