import { assert, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { colours, make, NotAsSaid, wantsColours } from "../../examples/demo/Transcript.js"
import { FakeToggl } from "../../src/testing/index.js"
import * as Chromium from "../browser/Chromium.js"
import * as PageServer from "../browser/PageServer.js"
import * as ProcessTree from "../browser/ProcessTree.js"
import * as Program from "../browser/Program.js"

const unset = {
  TOGGL_API_TOKEN: undefined,
  TOGGL_EMAIL: undefined,
  TOGGL_PASSWORD: undefined,
  TOGGL_BASE_URL: undefined,
  TOGGL_WORKSPACE_ID: undefined
}

const example = (name: string) => new URL(`../../examples/${name}`, import.meta.url)

const run = (name: string, { env, ...options }: Program.Options = {}) =>
  Program.run(example(name), { ...options, env: { ...unset, ...env } })

const [, browsers] = await Effect.runPromise(Chromium.findAll())

/** That the patterns are found, each behind the one before it. */
const inOrder = (text: string, patterns: ReadonlyArray<RegExp>) => {
  let rest = text
  for (const pattern of patterns) {
    const found = pattern.exec(rest)
    assert.isNotNull(found, `${String(pattern)} is not in what follows:\n${rest}\n-- of --\n${text}`)
    rest = rest.slice(found.index + found[0].length)
  }
}

const story = [
  /1 {2}Online: .*\n.*create "Acme" +Confirmed +Toggl gave it the id (\d+)/,
  /the app shows +Acme \d+\n +from Toggl, just asked\n/,
  /2 {2}Offline: /,
  /create "Bluebird" +Queued +offline.*local id -\d+/,
  /rename it to "Bluebird Ltd" +Queued +offline/,
  /archive "Acme" +Queued +offline/,
  /Acme \d+, archived, pending\n +Bluebird Ltd \(local id\), pending\n +from this device: as Toggl had it [\d.]+ s ago/,
  /✓ it says where it comes from and from when/,
  /✓ Toggl has heard nothing/,
  /3 {2}.*started again without a connection/,
  /1 {2}create "Bluebird" /,
  /2 {2}rename client .* to "Bluebird Ltd" /,
  /3 {2}archive client /,
  /✓ all three entries are still there, in their order/,
  /Bluebird Ltd \(local id\), pending\n +from this device: as Toggl had it [\d.]+ s ago/,
  /4 {2}Online again: /,
  /replaying, 0 of 3 sent/,
  /replaying, 1 of 3 sent +POST clients "Bluebird" +200/,
  /replaying, 2 of 3 sent +PUT clients\/\d+ "Bluebird Ltd" +200/,
  /idle, all are sent +POST clients\/\d+\/archive +200/,
  /get -\d{4}… +Bluebird Ltd \d+\n.*✓ the local id still works/,
  /5 {2}The final list, read from Toggl/,
  /Acme \d+, archived\n +Bluebird Ltd \d+\n/,
  /6 {2}Refused: /,
  /create "Globex", online +InvalidName \(Taken\)\n +Another client of this workspace is already called "Globex"/,
  /7 {2}Refused /,
  /create "Globex" +refused +InvalidName \(Taken\), 1 held with it/,
  /retry as "Globex GmbH" +done/,
  /✓ nothing is lost, and nothing is there twice/,
  /8 {2}Merged: /,
  /note "call back" +Queued +offline/,
  /rename it to "Bluebird AG" +Queued +offline/,
  /note "call back" +done, as \d+\n +rename it to "Bluebird Inc" +done, as \d+\n/,
  /Toggl was asked +GET me\n +GET clients\n +PUT clients\/\d+ "Bluebird AG" "net 60"\n/,
  /✓ 5 edits, 1 request that changes something/,
  /9 {2}In sight: /,
  /Outbox\.quota +583 of 600 requests remain, all again in 60 min/,
  /has counted +17 requests/,
  /All as it should be, in [\d.]+ s/
]

/** The lines of the story, without what chance and the clock make of it. */
const sameEachTime = (text: string) =>
  text
    .slice(text.indexOf("1  Online"))
    .replace(/-\d{4}…|-\d{6,}/g, "-…")
    .replace(/[\d.]+ s\b/g, "… s")
    .split("\n")

const isSentence = (text: string) => {
  expect(text).toMatch(/^\S.*\S\n$/)
  expect(text).not.toMatch(/\n +at |Error:/)
}

describe("the demo", () => {
  it.live("plays to its end, each step in its place", () =>
    Effect.gen(function* () {
      const { status, stderr, stdout } = yield* run("demo/main.ts")
      expect(stderr).toBe("")
      inOrder(stdout, story)
      // no colours where no terminal is
      expect(stdout).not.toContain("\u001b")
      expect(status).toBe(0)
    })
  )

  it.live("plays the same in Node where there is no browser, and says so", () =>
    Effect.gen(function* () {
      const { status, stdout } = yield* run("demo/main.ts", { env: { CHROMIUM_PATH: "/nowhere/chromium" } })
      inOrder(stdout, [/No Chromium runs here/, /runs in Node/, /on fake-indexeddb in memory/, ...story])
      expect(stdout).toContain("there is no process to kill")
      expect(stdout).not.toContain("SIGKILL")
      expect(status).toBe(0)
    })
  )

  it.live("plays the same without Effect", () =>
    Effect.gen(function* () {
      const { status, stderr, stdout } = yield* run("demo/main.ts", { args: ["--promise"] })
      expect(stderr).toBe("")
      inOrder(stdout, [/the app without Effect/, ...story])
      expect(status).toBe(0)
    })
  )

  it.live("tells word for word the same with Effect and without", () =>
    Effect.gen(function* () {
      const told = (args: ReadonlyArray<string>) =>
        Effect.map(run("demo/main.ts", { args: ["--node", ...args] }), ({ status, stdout }) => {
          expect(status).toBe(0)
          return sameEachTime(stdout)
        })
      expect(yield* told(["--promise"])).toEqual(yield* told([]))
    })
  )

  it.live("tells a wrong setting in a sentence, and ends with another status", () =>
    Effect.gen(function* () {
      const { status, stderr } = yield* run("demo/main.ts", { args: ["--node", "--base-url", "nonsense"] })
      expect(status).toBe(1)
      expect(stderr).toContain("baseUrl: ")
      isSentence(stderr.trimStart())
    })
  )

  const stops: ReadonlyArray<
    readonly [when: string, seen: RegExp, signals: ReadonlyArray<NodeJS.Signals>, status: number]
  > = [
    ["while the browser starts", /starting a browser/, ["SIGINT"], 130],
    // a runner such as tsx or npm passes on what the terminal has sent to all of them
    ["in the middle", /✓ Toggl has heard nothing/, ["SIGINT", "SIGINT"], 130],
    ["while the browser starts again", / starting +\.\.\./, ["SIGTERM"], 143]
  ]
  for (const browser of browsers) {
    describe(`in ${browser.version} (${browser.source})`, () => {
      for (const [when, seen, signals, status] of stops) {
        it.scopedLive(`stopped by ${signals.join(" and ")} ${when}, it leaves no process and no file behind`, () =>
          Effect.gen(function* () {
            const folder = yield* Program.folder("demo-test")
            let started: Promise<ReadonlyArray<number>> | undefined
            const ended = yield* Program.runIn(folder, browser, example("demo/main.ts"), {
              env: unset,
              watch: (stdout, child) => {
                if (started !== undefined || !seen.test(stdout)) return
                started = Effect.runPromise(ProcessTree.members(child.pid ?? 0)).finally(() => {
                  for (const signal of signals) child.kill(signal)
                })
              }
            })
            const pids = yield* Effect.promise(async () => started)
            expect(ended).toMatchObject({ status, stderr: "\n✗ stopped\n", left: [] })
            expect(ended.stdout).not.toContain("All as it should be")
            expect(pids).not.toHaveLength(0)
            expect((yield* Effect.forEach(pids ?? [], ProcessTree.members)).flat()).toEqual([])
          })
        )
      }
    })
  }

  it.effect("fails at what is not as it says, and shows both", () =>
    Effect.gen(function* () {
      const { check } = make(colours(false))
      const error = yield* Effect.flip(check("Toggl got them in order", ["b", "a"], ["a", "b"]))
      assert.instanceOf(error, NotAsSaid)
      expect(error.message.split("\n").map((line) => line.trim())).toEqual([
        "not so: Toggl got them in order",
        "expected  a",
        "b",
        "got       b",
        "a"
      ])
    })
  )

  it("colours a terminal only, and only where NO_COLOR lets it", () => {
    expect(wantsColours({ isTTY: true }, { TERM: "xterm" })).toBe(true)
    expect(wantsColours({ isTTY: true }, { TERM: "xterm", NO_COLOR: "" })).toBe(true)
    expect(wantsColours({ isTTY: true }, { TERM: "xterm", NO_COLOR: "1" })).toBe(false)
    expect(wantsColours({ isTTY: true }, { TERM: "dumb" })).toBe(false)
    expect(wantsColours({}, { TERM: "xterm" })).toBe(false)
    expect(colours(true).green("yes")).toBe("\u001b[32myes\u001b[39m")
    expect(colours(false).green("yes")).toBe("yes")
  })
})

describe("the examples", () => {
  const settings = { TOGGL_API_TOKEN: FakeToggl.defaultUser.apiToken, TOGGL_WORKSPACE_ID: "2230580" }

  it.scopedLive("the server's lists the clients of a workspace", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* fake.edit.createClient(FakeToggl.defaultWorkspace.id, { name: "Acme" })
      const { url } = yield* PageServer.serve({ pages: {}, mounts: { "/api/v9": fake.handler } })
      const ended = yield* run("server.ts", { env: { ...settings, TOGGL_BASE_URL: url("/api/v9") } })
      expect(ended).toEqual({ status: 0, stdout: "64890001  Acme\n1 client\n", stderr: "" })
    })
  )

  const wrong: ReadonlyArray<readonly [what: string, setting: string, env: Readonly<Record<string, string>>]> = [
    ["no credentials", "TOGGL_API_TOKEN: ", { TOGGL_WORKSPACE_ID: "2230580" }],
    ["an id that is no integer", "TOGGL_WORKSPACE_ID: ", { ...settings, TOGGL_WORKSPACE_ID: "12.5" }],
    ["a malformed base URL", "baseUrl: ", { ...settings, TOGGL_BASE_URL: "api.track.toggl.com" }]
  ]
  for (const [what, setting, env] of wrong) {
    it.live(`the server's says in a sentence what to set: ${what}`, () =>
      Effect.gen(function* () {
        const { status, stderr, stdout } = yield* run("server.ts", { env })
        expect({ status, stdout }).toEqual({ status: 1, stdout: "" })
        expect(stderr.startsWith(setting)).toBe(true)
        isSentence(stderr)
      })
    )
  }

  it.live("the one on testing passes its own tests", () =>
    Effect.gen(function* () {
      const { status, stderr, stdout } = yield* run("testing.ts")
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
      expect(stdout.match(/^✓ /gm)).toHaveLength(3)
    })
  )
})
