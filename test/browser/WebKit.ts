/**
 * Finds WebKitGTK's own browser, and says how it is started on a profile.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { readdirSync } from "node:fs"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import * as Command from "./Command.js"
import * as Display from "./Display.js"
import type { Engine, Start } from "./Engine.js"

const entriesOf = (folder: string): ReadonlyArray<string> => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

// Debian keeps it beside the library: /usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser
const usualPlaces = (): ReadonlyArray<string> =>
  ["/usr/lib", "/usr/libexec", "/usr/lib64", ...entriesOf("/usr/lib").map((name) => Path.join("/usr/lib", name))]
    .flatMap((parent) => entriesOf(parent).map((name) => Path.join(parent, name)))
    .filter((folder) => /^webkit(2gtk|gtk)-\d/.test(Path.basename(folder)))
    .sort()
    .reverse()
    .map((folder) => Path.join(folder, "MiniBrowser"))

const folders = ({ profileDir }: Start) => ({
  XDG_DATA_HOME: Path.join(profileDir, "data"),
  XDG_CACHE_HOME: Path.join(profileDir, "cache"),
  XDG_CONFIG_HOME: Path.join(profileDir, "config")
})

const prepare = (start: Start): Effect.Effect<void> =>
  Effect.promise(async () => {
    for (const folder of Object.values(folders(start))) await Fs.mkdir(folder, { recursive: true })
  })

const environment = (start: Start) => ({
  ...folders(start),
  HOME: start.ownDir,
  TMPDIR: start.ownDir,
  XDG_RUNTIME_DIR: start.ownDir,
  GDK_BACKEND: "x11",
  GSETTINGS_BACKEND: "memory",
  NO_AT_BRIDGE: "1",
  // no graphics card, and our own pages only: the sandbox wants privileges that root and many containers lack
  LIBGL_ALWAYS_SOFTWARE: "1",
  WEBKIT_DISABLE_COMPOSITING_MODE: "1",
  WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1"
})

const args = ({ isPrivate, url }: Start) => [
  "--javascript-can-open-windows-automatically=true",
  ...(isPrivate ? ["--private"] : []),
  url
]

const askVersion = (executablePath: string) =>
  Effect.scoped(
    Effect.flatMap(Display.make, (display) =>
      Command.run(executablePath, ["--version"], { environment: { DISPLAY: display }, millis: 20_000 })
    )
  )

/**
 * Finds WebKitGTK's MiniBrowser: the one that `WEBKIT_PATH` names, else the newest of the system. Fails with why there is
 * none; one without a screen to show it on (Xvfb) counts as none.
 *
 * @since 0.1.0
 * @category constructors
 */
export const find: Effect.Effect<Engine, string> = Effect.gen(function* () {
  const wished = process.env["WEBKIT_PATH"] ?? ""
  const executablePath = yield* Command.find(wished === "" ? usualPlaces() : [wished])
  const version = yield* askVersion(executablePath)
  const networkProgram = "WebKitNetworkProcess"
  const name = "WebKit" as const
  return { name, version, executablePath, needsDisplay: true, environment, args, prepare, networkProgram }
}).pipe(Effect.mapError(({ message }) => message))
