// Prints the size of built files, gzipped, and fails if together they are larger than allowed:
// node size.js <kilobytes> <file> …
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const [allowed, ...files] = process.argv.slice(2);
let total = 0;
for (const file of files) {
	const size = gzipSync(readFileSync(file), { level: 9 }).length / 1024;
	total += size;
	console.log(`${file}: ${size.toFixed(1)} KB gzipped`);
}
console.log(`${total.toFixed(1)} KB of at most ${allowed} KB`);
process.exit(total > Number(allowed) ? 1 : 0);
