/**
 * Writes the diagram of the house into `docs/architecture.md`: `npm run house`.
 *
 * @since 0.1.0
 */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Diagram from "./Diagram.js"
import * as Imports from "./Imports.js"
import * as Sources from "./Sources.js"

const document = join(Sources.root, "docs/architecture.md")
const diagram = Diagram.lines(Imports.ofRooms(Imports.ofFiles(Sources.read())))
writeFileSync(document, Diagram.putInto(readFileSync(document, "utf8"), diagram))
