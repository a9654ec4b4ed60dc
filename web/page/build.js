// Builds the page into a folder, which holds nothing else afterwards: node build.js <folder>
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { build } from "esbuild";

const folder = process.argv[2];
const draft = `${folder}.new`;

rmSync(draft, { recursive: true, force: true });
const { metafile } = await build({
	entryPoints: ["src/page.ts", "src/page.css", "src/icon.svg"],
	outdir: draft,
	entryNames: "[name]-[hash]",
	chunkNames: "[name]-[hash]",
	bundle: true,
	splitting: true,
	minify: true,
	format: "esm",
	target: "es2022",
	legalComments: "none",
	loader: { ".svg": "copy" },
	logLevel: "warning",
	metafile: true,
});

let page = readFileSync("src/page.html", "utf8");
for (const [path, { entryPoint }] of Object.entries(metafile.outputs)) {
	if (entryPoint) page = page.replace(`/assets/${basename(entryPoint)}`, `/assets/${basename(path)}`);
}
mkdirSync(draft, { recursive: true });
writeFileSync(`${draft}/index.html`, page);
rmSync(folder, { recursive: true, force: true });
renameSync(draft, folder);
