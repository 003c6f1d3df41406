/**
 * The library's own sources, as data.
 *
 * @since 0.1.0
 */
import { readdirSync, readFileSync } from "node:fs"
import { join, sep } from "node:path"
import { fileURLToPath } from "node:url"

/**
 * Text by path: from the folder `src` on, with `/` on every system.
 *
 * @since 0.1.0
 * @category models
 */
export type Sources = ReadonlyMap<string, string>

/**
 * The folder of the package.
 *
 * @since 0.1.0
 * @category constructors
 */
export const root = fileURLToPath(new URL("../../", import.meta.url))

/**
 * Every TypeScript file in `src`, as it is on the disk now.
 *
 * @since 0.1.0
 * @category constructors
 */
export const read = (): Sources =>
  new Map(
    readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .map((path): [string, string] => [path.replaceAll(sep, "/"), readFileSync(join(root, "src", path), "utf8")])
      .sort(([one], [other]) => (one < other ? -1 : 1))
  )
