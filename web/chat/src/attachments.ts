import type { AttachmentParam, ImagePart, SendRequest } from "@ai-assistant/client";

import type { Locale } from "./locale.js";

/** What a site allows by default; see *Limits* in docs/protocol.md. */
export const BOUNDS = { files: 10, characters: 200_000, images: 8, imageBytes: 5_000_000 };

/** The most that one takes in UTF-8, per UTF-16 code unit. */
const BYTES_PER_CHARACTER = 3;

const IMAGES = ["image/png", "image/jpeg", "image/webp", "image/gif"];

interface AttachedImage {
	readonly name: string;
	/** `data:…` */
	readonly url: string;
}

/** What goes along with a message: text files, and images as `data:` URLs. */
export class Attachments {
	constructor(
		readonly files: readonly AttachmentParam[] = [],
		readonly images: readonly AttachedImage[] = [],
	) {}

	/** What went along with a request; its images are named by their number. */
	static of(request: SendRequest): Attachments {
		const content = request.messages?.at(-1)?.content ?? [];
		const images = typeof content === "string" ? [] : content.filter((part) => part.type === "image_url");
		return new Attachments(
			request.attachments,
			images.map(({ image_url }, index) => ({ name: `image-${index + 1}`, url: image_url.url })),
		);
	}

	get isEmpty(): boolean {
		return !this.all.length;
	}

	get all(): readonly (AttachmentParam | AttachedImage)[] {
		return [...this.files, ...this.images];
	}

	/** With one more. Throws an Error with a sentence for people where it cannot go along. */
	async with(file: File, locale: Locale): Promise<Attachments> {
		return IMAGES.includes(file.type) ? this.withImage(file, locale) : this.withText(file, locale);
	}

	and(others: Attachments): Attachments {
		return new Attachments([...this.files, ...others.files], [...this.images, ...others.images]);
	}

	without(attached: AttachmentParam | AttachedImage): Attachments {
		const isOther = (one: object): boolean => one !== attached;
		return new Attachments(this.files.filter(isOther), this.images.filter(isOther));
	}

	/** The request that says the text with all this. */
	request(text: string): SendRequest {
		const attachments = this.files.length ? { attachments: [...this.files] } : {};
		if (!this.images.length) return { message: text, ...attachments };
		const parts = this.images.map(({ url }): ImagePart => ({ type: "image_url", image_url: { url } }));
		const content = text ? [{ type: "text" as const, text }, ...parts] : parts;
		return { messages: [{ role: "user", content }], ...attachments };
	}

	private async withImage(file: File, locale: Locale): Promise<Attachments> {
		const { attachTooLarge, attachTooMany } = locale.texts;
		if (this.images.length >= BOUNDS.images) throw new Error(attachTooMany(file.name, BOUNDS.images));
		if (file.size > BOUNDS.imageBytes) {
			throw new Error(attachTooLarge(file.name, locale.megabytes(BOUNDS.imageBytes)));
		}
		return new Attachments(this.files, [...this.images, { name: file.name, url: await dataUrl(file) }]);
	}

	private async withText(file: File, locale: Locale): Promise<Attachments> {
		const { attachTooLong, attachTooMany, attachUnreadable } = locale.texts;
		if (this.files.length >= BOUNDS.files) throw new Error(attachTooMany(file.name, BOUNDS.files));
		const tooLong = new Error(attachTooLong(file.name, locale.count(BOUNDS.characters)));
		if (file.size > BYTES_PER_CHARACTER * BOUNDS.characters) throw tooLong;
		const content = decoded(await file.arrayBuffer());
		if (content === null) throw new Error(attachUnreadable(file.name));
		if (content.length > BOUNDS.characters) throw tooLong;
		return new Attachments([...this.files, { name: file.name, content }], this.images);
	}
}

/** Null for what is not text. */
function decoded(bytes: ArrayBuffer): string | null {
	try {
		const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
		return text.includes("\0") ? null : text;
	} catch {
		return null;
	}
}

function dataUrl(file: File): Promise<string> {
	return new Promise((resolve, reject) => {
		const reader = new FileReader();
		reader.onload = () => {
			resolve(reader.result as string);
		};
		reader.onerror = () => {
			reject(new Error(file.name));
		};
		reader.readAsDataURL(file);
	});
}
