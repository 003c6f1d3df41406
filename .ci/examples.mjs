// Writes each TypeScript block of a Markdown file, with JSX or without, into a folder of its own project. A block whose first line is
// `// run` is one that ends by itself: its file's name starts with `run-`.
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const [, , markdown, folder] = process.argv
const blocks = [...readFileSync(markdown, "utf8").matchAll(/^```(tsx?)\n([\s\S]*?)^```$/gm)]
if (blocks.length === 0) throw new Error(`${markdown} has no example`)
blocks.forEach(([, extension, code], index) => {
  const name = `${code.startsWith("// run") ? "run" : "compile"}-${index + 1}.${extension}`
  writeFileSync(join(folder, name), code)
})
console.log(`${blocks.length} examples written`)
