import { de } from "./de.js";
import { en } from "./en.js";

export type Texts = typeof en;

const LANGUAGES: Record<string, Texts> = { de, en };

/** The first of these, such as `de-AT`, of which there are texts; else English. */
export function bestLanguage(wanted: readonly string[]): string {
	return wanted.find((language) => subtag(language) in LANGUAGES) ?? "en";
}

export function textsIn(language: string): Texts {
	return LANGUAGES[subtag(language)] ?? en;
}

function subtag(language: string): string {
	return language.toLowerCase().split("-", 1)[0] ?? "";
}
