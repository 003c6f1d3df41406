import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"
import * as Program from "../browser/Program.js"

// What npm runs in the root for the app. What is wrong is told before anything is built or written.

const script = (name: string) => new URL(`../../examples/scripts/${name}.ts`, import.meta.url)

const root = fileURLToPath(new URL("../../", import.meta.url))

const run = (name: string, folder: string, ...args: ReadonlyArray<string>) =>
  Program.run(script(name), { args, env: { INIT_CWD: folder } })

const Manifest = Schema.parseJson(
  Schema.Struct({
    name: Schema.String,
    version: Schema.String,
    dependencies: Schema.Record({ key: Schema.String, value: Schema.String })
  })
)

const manifestOf = (folder: string) =>
  Effect.map(
    Effect.promise(() => Fs.readFile(Path.join(folder, "package.json"), "utf8")),
    Schema.decodeSync(Manifest)
  )

describe("npm run example:copy", () => {
  it.live("copies the app with the library's version, and says what is next", () =>
    Effect.gen(function* () {
      const folder = yield* Program.folder("copies")
      const { status, stderr, stdout } = yield* run("copy", folder, "My Clients!")
      expect([status, stderr]).toEqual([0, ""])
      const to = Path.join(folder, "My Clients!")
      expect(stdout).toContain(`cd ${to}`)
      expect(stdout).toContain("npm install")
      const { version } = yield* Effect.map(
        Effect.promise(() => Fs.readFile(Path.join(root, "package.json"), "utf8")),
        Schema.decodeSync(Schema.parseJson(Schema.Struct({ version: Schema.String })))
      )
      const { dependencies, name } = yield* manifestOf(to)
      expect([name, dependencies["effect-toggl-clients"]]).toEqual(["my-clients", `^${version}`])
      const names = yield* Effect.promise(() => Fs.readdir(to, { recursive: true }))
      expect(names).toContain("server/plugin.ts")
      expect(names.filter((path) => /(^|\/)(node_modules|dist|dist-playground)(\/|$)/.test(path))).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.live("leaves nothing that leads out of the copy", () =>
    Effect.gen(function* () {
      const folder = yield* Program.folder("copies")
      const to = Path.join(folder, "app")
      yield* run("copy", folder, "app", "--library", "0.1.0")
      const names = yield* Effect.promise(() => Fs.readdir(to, { recursive: true }))
      const files = names.filter((name) => /\.(ts|tsx|json|html|css)$/.test(name))
      expect(files.length).toBeGreaterThan(10)
      const leading = yield* Effect.forEach(files, (name) =>
        Effect.map(
          Effect.promise(() => Fs.readFile(Path.join(to, name), "utf8")),
          (text) =>
            [...text.matchAll(/["'](\.\.?\/[^"'\s]*)["']/g)].flatMap(([, path = ""]) =>
              Path.relative(to, Path.resolve(to, Path.dirname(name), path)).startsWith("..") ? [`${name}: ${path}`] : []
            )
        )
      )
      expect(leading.flat()).toEqual([])
      expect((yield* manifestOf(to)).dependencies["effect-toggl-clients"]).toBe("0.1.0")
    }).pipe(Effect.scoped)
  )

  it.live("takes a tarball by its path", () =>
    Effect.gen(function* () {
      const folder = yield* Program.folder("copies")
      yield* Effect.promise(() => Fs.writeFile(Path.join(folder, "library-1.tgz"), ""))
      expect((yield* run("copy", folder, "app", "--library", "library-1.tgz")).status).toBe(0)
      const { dependencies } = yield* manifestOf(Path.join(folder, "app"))
      expect(dependencies["effect-toggl-clients"]).toBe("file:../library-1.tgz")
    }).pipe(Effect.scoped)
  )

  it.live("writes nothing where something is wrong, and says what in a sentence", () =>
    Effect.gen(function* () {
      const folder = yield* Program.folder("copies")
      yield* Effect.promise(() => Fs.mkdir(Path.join(folder, "full")))
      yield* Effect.promise(() => Fs.writeFile(Path.join(folder, "full", "mine"), "mine"))
      const wrong: ReadonlyArray<[ReadonlyArray<string>, RegExp]> = [
        [[], /^Name one folder\./],
        [["a", "b"], /^Name one folder\./],
        [["full"], /full is not empty: give a new folder, or an empty one\.$/],
        [["full/mine"], /mine is no folder\.$/],
        [["new", "--library", "missing.tgz"], /^There is no .*missing\.tgz\.$/],
        [["new", "--library", "../else"], /^--library takes a version/],
        [["new", "--odd"], /^Unknown option '--odd'\. Usage: npm run example:copy/],
        [[Path.join(root, "examples/pwa/new")], /is in the app itself/]
      ]
      for (const [args, sentence] of wrong) {
        const { status, stderr, stdout } = yield* run("copy", folder, ...args)
        expect([args, status, stdout]).toEqual([args, 1, ""])
        expect(stderr.trim()).toMatch(sentence)
        expect(stderr.trim().split("\n")).toHaveLength(1)
      }
      expect(yield* Effect.promise(() => Fs.readdir(folder, { recursive: true }))).toEqual(["full", "full/mine"])
    }).pipe(Effect.scoped)
  )
})

describe("npm run example:pwa and build:playground", () => {
  it.live("say what they do not take, and build nothing", () =>
    Effect.gen(function* () {
      const wrong: ReadonlyArray<[string, ReadonlyArray<string>, RegExp]> = [
        ["pwa", ["--odd"], /^Unknown option '--odd'\. Usage: npm run example:pwa/],
        ["pwa", ["odd"], /^Unexpected argument 'odd'\. Usage: /],
        ["pwa", ["--port"], /^Option '--port <value>' argument missing\. Usage: /],
        ["pwa", ["--port", "0"], /^--port takes a number from 1 to 65535, not 0\.$/],
        ["pwa", ["--clients", "many"], /^--clients takes a number up to 100000, not many\.$/],
        ["pwa", ["--clients", "-1"], /^Option '--clients' argument is ambiguous\. Usage: /],
        ["pwa", ["--toggl", "--clients", "5"], /^--clients is for the demo's Toggl/],
        ["playground", ["--odd"], /^Unknown option '--odd'\. Usage: npm run build:playground/],
        ["playground", ["--out", "src"], /src is not empty: give a new folder, or an empty one\.$/]
      ]
      for (const [name, args, sentence] of wrong) {
        const { status, stderr, stdout } = yield* run(name, root, ...args)
        expect([name, args, status, stdout]).toEqual([name, args, 1, ""])
        expect(stderr.trim()).toMatch(sentence)
      }
    })
  )
})
