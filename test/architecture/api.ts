/**
 * Writes the list of every public name: `npm run api`.
 *
 * @since 0.1.0
 */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Public from "./Public.js"
import * as Sources from "./Sources.js"

writeFileSync(join(Sources.root, "docs/api.txt"), `${Public.api(Sources.read()).join("\n")}\n`)
