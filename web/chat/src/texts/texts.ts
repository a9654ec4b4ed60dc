import { de } from "./de.js";
import { en } from "./en.js";

export type Texts = typeof en;

const LANGUAGES: Record<string, Texts> = { de, en };

/** The texts of a language such as `de-AT`; English where it is not there. */
export function textsIn(language: string): Texts {
	return LANGUAGES[language.toLowerCase().split(/[-_]/, 1)[0] ?? ""] ?? en;
}
