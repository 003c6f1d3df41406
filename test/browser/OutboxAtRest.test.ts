import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import { FakeToggl, Fault } from "../../src/testing/index.js"
import * as Browser from "./Browser.js"
import * as OutboxSite from "./OutboxSite.js"

const user = { ...FakeToggl.defaultUser, password: "päss w/rd+&%?" }

const base64 = (text: string) => Buffer.from(text, "utf8").toString("base64").replace(/=+$/, "")

const forms = (secret: string, userInfo: string) => [
  secret,
  encodeURIComponent(secret),
  encodeURI(secret),
  new URLSearchParams({ secret }).toString().slice("secret=".length),
  base64(secret),
  base64(userInfo),
  encodeURIComponent(`Basic ${base64(userInfo)}`),
  JSON.stringify(secret).slice(1, -1)
]

const signIns = [
  { name: "token", credentials: user.apiToken, secrets: forms(user.apiToken, `${user.apiToken}:api_token`) },
  {
    name: "password",
    credentials: { email: user.email, password: user.password },
    secrets: forms(user.password, `${user.email}:${user.password}`)
  }
]

// the whole request, and whatever it was signed with, in every place from which a text may be kept
const leak = (status: number, secrets: ReadonlyArray<string>): Fault.Fault => ({
  ...Fault.none,
  name: "leak",
  work: "skipped",
  outcome: {
    _tag: "Instead",
    answer: ({ headers }) => {
      const text = [headers["authorization"], ...secrets].join(" ")
      const header = encodeURI(text)
      return {
        status,
        headers: {
          "content-type": "application/json",
          "x-toggl-request-id": headers["authorization"] ?? "",
          "x-echoed": header,
          ...(status === 302 ? { location: `/elsewhere?${header}` } : {})
        },
        body: JSON.stringify(status % 2 === 0 ? text : { error_message: { default_message: text } })
      }
    }
  }
})

const statuses = [200, 201, 302, 400, 402, 403, 404, 409, 410, 422, 429, 500, 503]

const filesIn = (directory: string) =>
  Effect.promise(async () => {
    const entries = await Fs.readdir(directory, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile() && entry.parentPath.includes("IndexedDB"))
    return Buffer.concat(await Promise.all(files.map((file) => Fs.readFile(Path.join(file.parentPath, file.name)))))
  })

const isIn = (bytes: Buffer, text: string) =>
  (["utf8", "latin1", "utf16le"] as const).some((encoding) => bytes.includes(Buffer.from(text, encoding)))

layer(OutboxSite.layerShared, { excludeTestServices: true })("at rest", (it) => {
  it.scoped("every write is of strict durability", () =>
    Effect.gen(function* () {
      const { context, toggl } = yield* OutboxSite.fresh
      const tab = yield* OutboxSite.open(context, toggl, "a")
      const id = (told: { readonly id?: number }) => told.id ?? 0
      const acme = yield* tab.call("create", "Acme")
      yield* tab.call("create", "Taken")
      const writes: Record<string, number> = {}
      const counted = <A, E>(name: string, effect: Effect.Effect<A, E>) =>
        Effect.gen(function* () {
          const before = (yield* tab.call("durabilities")).length
          const value = yield* effect
          writes[name] = (yield* tab.call("durabilities")).length - before
          return value
        })
      yield* counted("update", tab.call("update", id(acme), { notes: "net 30" }))
      yield* counted("archive", tab.call("archive", id(acme)))
      yield* counted("restore", tab.call("restore", id(acme)))
      yield* counted("refused", tab.call("create", "Taken"))
      yield* counted("list", tab.call("names", "Toggl"))
      yield* counted("delete", tab.call("remove", id(acme)))
      yield* counted("pause", tab.call("pause"))
      const refused = yield* counted("queued", tab.call("create", "Taken"))
      const other = yield* tab.call("create", "Other")
      yield* counted("resume", tab.call("resume"))
      yield* tab.call("awaitOutcome", other.entryId ?? "")
      expect(yield* tab.call("outcome", refused.entryId ?? "")).toMatchObject({ _tag: "Standing" })
      yield* counted("retry", tab.call("retry", refused.entryId ?? "", { name: "Free" }))
      yield* OutboxSite.drained(tab)
      yield* tab.call("pause")
      const unwanted = yield* tab.call("create", "Unwanted")
      yield* counted("import", tab.call("exportAndImport"))
      yield* counted("discard", tab.call("discard", unwanted.entryId ?? ""))
      yield* counted("signOut", tab.call("signOut"))
      yield* counted("purge", tab.call("purge"))
      expect(Object.entries(writes).filter(([, count]) => count === 0)).toEqual([])
      const durabilities = yield* tab.call("durabilities")
      expect(durabilities).toEqual(durabilities.map(() => "strict"))
    })
  )

  it.scoped("no credential in any form is in the database, whatever the server echoes", () =>
    Effect.gen(function* () {
      const { context, profileDir } = yield* Browser.Browser
      const toggl = yield* Effect.flatMap(OutboxSite.Site, (site) => site.toggl({ users: [user] }))
      const tab = yield* OutboxSite.load(context, toggl, "a")
      const told: Array<string> = []
      for (const { credentials, name, secrets } of signIns) {
        const start = (account: string) =>
          tab.call("start", OutboxSite.settingsOf(toggl, "a", { account, credentials, backoffCap: 60_000 }))
        for (const status of statuses) {
          yield* toggl.inject(leak(status, secrets), { times: "always", when: ({ path }) => !path.endsWith("/me") })
          yield* start(`${name} ${status}`)
          const { error, reason } = yield* tab.call("create", `Echoed ${name} ${status}`)
          told.push(error ?? reason ?? "")
          yield* tab.call("stop")
          yield* toggl.clearFaults
        }
        for (const fault of [leak(500, secrets), Fault.echo(), Fault.echo({ status: 403 })]) {
          yield* toggl.inject(fault, { times: "always" })
          yield* start(`${name} ${fault.name} always`)
          yield* tab.call("create", "Echoed always")
          yield* Effect.ignore(tab.call("names", "Toggl"))
          yield* tab.call("stop")
          yield* toggl.clearFaults
        }
      }
      expect(new Set(told).size).toBeGreaterThan(6)
      const dump = yield* tab.call("dump")
      const bytes = yield* filesIn(profileDir)
      // what is there is found by the same search
      for (const status of statuses) expect(isIn(bytes, `Echoed token ${status}`)).toBe(true)
      const secrets = signIns.flatMap((signIn) => signIn.secrets)
      expect(secrets.filter((secret) => dump.includes(secret))).toEqual([])
      expect(secrets.filter((secret) => isIn(bytes, secret))).toEqual([])
      expect(secrets.filter((secret) => tab.output.join("\n").includes(secret))).toEqual([])
    })
  )
})
