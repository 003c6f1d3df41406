/** workerd, with one worker, over loopback. */
import * as Schema from "effect/Schema"
import { spawn } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { Readable } from "node:stream"
import type { Running } from "./Servers.js"

const { default: binary } = Schema.decodeUnknownSync(Schema.Struct({ default: Schema.String }))(
  createRequire(import.meta.url)("workerd")
)

const decodeEvent = Schema.decodeUnknownSync(
  Schema.parseJson(Schema.Struct({ event: Schema.String, port: Schema.optional(Schema.Int) }))
)

// An address on loopback is a private one: only these may be fetched from.
const configOf = (compatibilityDate: string, baseUrl: string) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main), (name = "internet", network = (allow = ["private"]))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);
const main :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = ${JSON.stringify(compatibilityDate)},
  bindings = [(name = "BASE_URL", text = ${JSON.stringify(baseUrl)})]
);
`

/** Starts it with a module and what it gets as `BASE_URL`; it has started once it says on which port it listens. */
export const start = async (module: string, baseUrl: string, compatibilityDate: string): Promise<Running> => {
  const folder = await mkdtemp(join(tmpdir(), "workerd-"))
  await writeFile(join(folder, "worker.js"), module)
  await writeFile(join(folder, "config.capnp"), configOf(compatibilityDate, baseUrl))
  const child = spawn(binary, ["serve", join(folder, "config.capnp"), "--control-fd=3"], {
    stdio: ["ignore", "ignore", "pipe", "pipe"]
  })
  let complaints = ""
  child.stderr?.on("data", (chunk: unknown) => {
    complaints += String(chunk)
  })
  const ended = new Promise<void>((resolve) => {
    child.on("close", () => resolve())
    child.on("error", () => resolve())
  })
  const close = async () => {
    child.kill()
    await ended
    await rm(folder, { recursive: true })
  }
  const port = new Promise<number>((resolve, reject) => {
    const [, , , control] = child.stdio
    if (!(control instanceof Readable)) return reject(new Error("workerd tells nothing"))
    createInterface(control).on("line", (line) => {
      const told = decodeEvent(line)
      if (told.event === "listen" && told.port !== undefined) resolve(told.port)
    })
    void ended.then(() => reject(new Error(`workerd did not start: ${complaints}`)))
  })
  return port.then(
    (port) => ({ url: `http://127.0.0.1:${port}`, close }),
    async (error: unknown) => {
      await close()
      throw error
    }
  )
}
