/** A random UUID, also where a page is not served securely and `crypto.randomUUID` is missing. */
export function newId(): string {
	const hex = Array.from(randomBytes(), (byte) => byte.toString(16).padStart(2, "0")).join("");
	return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
}

function randomBytes(): Uint8Array {
	const bytes = new Uint8Array(16);
	// Node 18 has no global crypto. These ids name what is one user's own; nothing is kept secret by them.
	if ("crypto" in globalThis) return crypto.getRandomValues(bytes);
	return bytes.map(() => Math.floor(Math.random() * 256));
}
