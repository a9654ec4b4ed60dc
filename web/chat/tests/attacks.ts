import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ANSWER = join(fileURLToPath(import.meta.url), "../../../../tests/fixtures/answers/attacks.md");

/** What an answer may hold to run a script or to tell somebody that it was read, each by itself. */
export const ATTACKS = readFileSync(ANSWER, "utf8").split("\n\n---\n\n");
