import { expect, test } from "vitest";

import { refused } from "../src/failure.js";

test("a refusal of a site says all that it says", () => {
	const error = {
		code: "rate_limit",
		message: "20 runs are going on already.",
		retryable: true,
		retry_after: 2,
	};
	expect(refused(429, { exc_type: "TooManyRequestsError", error })).toMatchObject({
		message: "20 runs are going on already.",
		status: 429,
		code: "rate_limit",
		retryable: true,
		retryAfter: 2,
	});
});

test("what a bench refuses by itself has a code and a sentence too", () => {
	const body = { exception: "frappe.exceptions.PermissionError: Not permitted", exc_type: "PermissionError" };
	expect(refused(403, body)).toMatchObject({
		message: "Not permitted",
		code: "permission",
		retryable: false,
	});
	expect(refused(401, { exception: "frappe.exceptions.AuthenticationError" })).toMatchObject({
		message: "The site answered HTTP 401.",
		code: "auth",
	});
});

test("what a proxy answers in the place of a site may succeed later", () => {
	expect(refused(502, undefined)).toMatchObject({ code: "overloaded", retryable: true, retryAfter: null });
});
