import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { keeper } from "../../examples/electron/keeper.ts"
import { keychain, temporary } from "./Played.ts"

// Where the token is kept, and where it must not be.

const session = {
  token: "1971800d4d82861d8f2c1651fea4d212",
  userId: 7,
  name: "Anna",
  email: "a@b.test",
  workspaceId: 9
}

let place = temporary()
beforeEach(() => {
  place = temporary()
})
afterEach(() => place.remove())

const file = () => join(place.folder, "session.json")
const at = (state: Parameters<typeof keychain>[0] = {}, platform = "linux") =>
  keeper({ file: file(), safeStorage: keychain(state).storage, platform })

describe("with a safe place", () => {
  for (const [platform, backend] of [
    ["linux", "gnome_libsecret"],
    ["linux", "kwallet6"],
    ["darwin", "basic_text"],
    ["win32", "basic_text"]
  ] as const) {
    it(`on ${platform}${platform === "linux" ? ` (${backend})` : ""} the session outlives the app, encrypted`, () => {
      const first = at({ backend }, platform)
      assert.deepStrictEqual([first.load(), first.isKept()], [undefined, true])
      first.changed(session)
      assert.deepStrictEqual(at({ backend }, platform).load(), session)
      const text = readFileSync(file(), "utf8")
      assert.notInclude(text, session.token)
      assert.notInclude(text, Buffer.from(session.token).toString("base64"))
      assert.hasAllKeys(JSON.parse(text), ["version", "token", "userId", "name", "email", "workspaceId"])
      assert.strictEqual(statSync(file()).mode & 0o777, 0o600)
      assert.deepStrictEqual(readdirSync(place.folder), ["session.json"])
    })
  }

  it("a session without a workspace comes back as one", () => {
    at().changed({ ...session, workspaceId: undefined })
    assert.deepStrictEqual(at().load(), { ...session, workspaceId: undefined })
  })

  it("signing out removes it, also twice", () => {
    at().changed(session)
    writeFileSync(`${file()}.new`, "left by a crash")
    at().changed(undefined)
    at().changed(undefined)
    assert.deepStrictEqual([at().load(), readdirSync(place.folder)], [undefined, []])
  })

  it("the next one takes its place", () => {
    at().changed(session)
    at().changed({ ...session, userId: 8 })
    assert.strictEqual(at().load()?.userId, 8)
  })

  for (const text of [
    "",
    "{",
    "null",
    "7",
    "[]",
    "{}",
    `{"version":1}`,
    `{"version":2,"userId":7,"token":"YQ=="}`,
    `{"version":1,"userId":"7","token":"YQ=="}`,
    `{"version":1,"userId":-7,"token":"YQ=="}`,
    `{"version":1,"userId":7,"token":7}`,
    `{"version":1,"userId":7,"token":""}`
  ]) {
    it(`a file that holds ${JSON.stringify(text)} is nobody's`, () => {
      writeFileSync(file(), text)
      assert.isUndefined(at().load())
    })
  }

  it("a key that cannot be had now costs a sign-in, and not the file", () => {
    at().changed(session)
    assert.isUndefined(at({ broken: true }).load())
    assert.deepStrictEqual(at().load(), session)
  })
})

describe("without a safe place the token is in memory only, and nothing is on the disk", () => {
  for (const [what, state, platform] of [
    ["no encryption", { available: false }, "linux"],
    ["no encryption", { available: false }, "darwin"],
    ["basic_text", { backend: "basic_text" }, "linux"],
    ["a backend that is not known yet", { backend: "unknown" }, "linux"],
    ["an encryption that fails", { broken: true }, "linux"]
  ] as const) {
    it(`${what} on ${platform}`, () => {
      at({}, platform).changed({ ...session, token: "another's" })
      const kept = at(state, platform)
      kept.changed(session)
      assert.deepStrictEqual([kept.isKept(), kept.load(), readdirSync(place.folder)], [false, undefined, []])
    })
  }

  it("a storage that throws when asked", () => {
    const fails = () => {
      throw new Error("no D-Bus")
    }
    const safeStorage = { ...keychain().storage, isEncryptionAvailable: fails }
    const kept = keeper({ file: file(), safeStorage, platform: "linux" })
    kept.changed(session)
    assert.deepStrictEqual([kept.isKept(), readdirSync(place.folder)], [false, []])
  })

  it("what an earlier version kept with basic_text is not read", () => {
    at().changed(session)
    assert.isUndefined(at({ backend: "basic_text" }).load())
  })

  it("a folder that cannot be written to", () => {
    const kept = keeper({
      file: join(place.folder, "missing", "session.json"),
      safeStorage: keychain().storage,
      platform: "linux"
    })
    kept.changed(session)
    assert.isFalse(kept.isKept())
  })
})

it("what cannot be removed is told", () => {
  mkdirSync(join(file(), "inside"), { recursive: true })
  assert.throws(() => at().changed(undefined))
  assert.isTrue(existsSync(file()))
  rmSync(file(), { recursive: true })
})
