import { expect, test } from "vitest";

import { ServerClock } from "../src/clock.js";

const HOUR = 3_600_000;

test("before anything is known it is the device's time", () => {
	expect(new ServerClock().now()).toBeCloseTo(Date.now(), -2);
});

test.each([HOUR, -HOUR])("a device that is %i ms behind knows the site's time", (behind) => {
	const clock = new ServerClock();
	clock.learn(Date.now() + behind);
	expect(clock.now() - Date.now()).toBeCloseTo(behind, -2);
});

test("what was stamped long ago does not put the clock back", () => {
	const clock = new ServerClock();
	clock.learn(Date.now());
	clock.learn(Date.now() - HOUR);
	clock.learn(Number.NaN);
	expect(clock.now()).toBeCloseTo(Date.now(), -2);
});
