import { assert, describe, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as ClientError from "../../src/ClientError.js"
import * as Credentials from "../../src/Credentials.js"
import { plainly } from "../fixtures/plain.mjs"

const shown = (credentials: Credentials.Credentials): unknown => {
  switch (credentials._tag) {
    case "Token":
      return ["Token", Redacted.value(credentials.token)]
    case "Password":
      return ["Password", credentials.email, Redacted.value(credentials.password)]
    case "Proxy":
      return credentials
  }
}

const current = Effect.flatMap(Credentials.CurrentCredentials, (source) => source.get).pipe(
  Effect.map(Option.map(shown)),
  Effect.map(Option.getOrNull)
)

describe("the source of credentials", () => {
  it.effect("gives what was set last, and nothing before", () =>
    Effect.gen(function* () {
      const source = yield* Credentials.make()
      assert.deepEqual(yield* source.get, Option.none())
      yield* source.set(Credentials.token("a"))
      yield* source.set(Credentials.password("ada@example.com", Redacted.make("b")))
      assert.deepEqual(Option.map(yield* source.get, shown), Option.some(["Password", "ada@example.com", "b"]))
      yield* source.set(undefined)
      assert.deepEqual(yield* source.get, Option.none())
    })
  )

  it.effect("tells all who listen that it changed, when the new ones can be had", () =>
    Effect.gen(function* () {
      const source = yield* Credentials.make(Credentials.token("a"))
      const heard: Array<unknown> = []
      const listen = Stream.runForEach(source.changes, () =>
        Effect.map(source.get, (credentials) => heard.push(Option.map(credentials, shown)))
      )
      yield* Effect.fork(listen)
      yield* Effect.fork(listen)
      yield* TestClock.adjust("1 millis")
      assert.deepEqual(heard, [])
      yield* source.set(Credentials.token("b"))
      yield* TestClock.adjust("1 millis")
      const b = Option.some(["Token", "b"])
      assert.deepEqual(heard, [b, b])
      yield* source.set(undefined)
      yield* TestClock.adjust("1 millis")
      assert.deepEqual(heard, [b, b, Option.none(), Option.none()])
    })
  )

  it.effect("tells the last change also to who was busy when it came, whoever else listens", () =>
    Effect.gen(function* () {
      const source = yield* Credentials.make()
      const last: Array<unknown> = []
      const listen = (index: number, work: Effect.Effect<void>) =>
        source.changes.pipe(
          Stream.runForEach(() =>
            Effect.gen(function* () {
              last[index] = Option.map(yield* source.get, shown)
              yield* work
            })
          ),
          Effect.forkScoped
        )
      yield* listen(0, Effect.void)
      yield* listen(1, Effect.sleep("100 millis"))
      yield* listen(2, Effect.sleep("1 second"))
      yield* TestClock.adjust("1 millis")
      for (let round = 0; round < 8; round++) {
        for (let times = 0; times <= round % 5; times++) yield* source.set(undefined)
        yield* TestClock.adjust("30 millis")
        for (let times = 0; times < round % 4; times++) yield* source.set(undefined)
        yield* source.set(Credentials.token(`token ${round}`))
        yield* TestClock.adjust("10 seconds")
        const now = Option.some(["Token", `token ${round}`])
        assert.deepEqual(last, [now, now, now])
      }
    }).pipe(Effect.scoped)
  )

  it.effect("may be constant", () =>
    Effect.gen(function* () {
      const proxy = Credentials.proxy({ header: { name: "X-App", value: "tracker" } })
      assert.deepEqual(yield* Effect.provide(current, Credentials.layer(proxy)), {
        _tag: "Proxy",
        cookies: "same-origin",
        header: { name: "X-App", value: "tracker" }
      })
    })
  )
})

const unsendable: Readonly<Record<string, readonly [string, string]>> = {
  "an empty name": ["", "v"],
  "a name with a space": ["X App", "v"],
  "a name with a line break": ["X-App\r\nX-Other", "v"],
  "a name with a colon": ["X-App:", "v"],
  "a name beyond ASCII": ["X-Äpp", "v"],
  "a name that says how the request is sent": ["Transfer-Encoding", "v"],
  "a value with a line break": ["X-App", "s3cret\n"],
  "a value with two lines": ["X-App", "s3cret\r\nX-Other: 1"],
  "a value with a NUL": ["X-App", "s3cret\u0000"],
  "a value with a control character": ["X-App", "s3\u0007cret"],
  "a value beyond Latin-1": ["X-App", "s3cret \u20ac"],
  "a value with an emoji": ["X-App", "s3cret \u{1f600}"]
}

describe("a header that no request can carry", () => {
  for (const [what, [name, value]] of Object.entries(unsendable)) {
    it.effect(`is told at once, without its value: ${what}`, () =>
      Effect.gen(function* () {
        const good = Credentials.token("a")
        for (const given of [value, Redacted.make(value)]) {
          const bad = Credentials.proxy({ header: { name, value: given } })
          const source = yield* Credentials.make(good)
          for (const failure of [
            Effect.scoped(Layer.build(Credentials.layer(bad))),
            Credentials.make(bad),
            source.set(bad)
          ]) {
            const error = yield* Effect.flip(Effect.asVoid(failure))
            assert.strictEqual(error._tag, "InvalidConfiguration")
            assert.match(error.setting, /^credentials\.header\.(name|value)$/)
            assert.notInclude(JSON.stringify(error) + error.message, "cret")
          }
          assert.deepEqual(yield* source.get, Option.some(good))
        }
      })
    )
  }

  it.effect("is none of those that can", () =>
    Effect.gen(function* () {
      for (const [name, value] of [
        ["X-Requested-With", "my-app"],
        ["x_csrf.token", ""],
        ["X-App", "caf\u00e9\ta"],
        ["Cookie", "session=1"]
      ] as const) {
        const source = yield* Credentials.make(Credentials.proxy({ header: { name, value } }))
        assert.isTrue(Option.isSome(yield* source.get))
      }
    })
  )
})

describe("credentials that plain JavaScript has made up", () => {
  for (const given of [
    { _tag: "Bearer", token: "t" },
    { _tag: "Token", token: "t" },
    { _tag: "Token" },
    { _tag: "Password", email: "a@b.test", password: "p" },
    { _tag: "Password", password: Redacted.make("p") },
    { _tag: "Proxy", cookies: "sometimes" },
    { _tag: "Proxy", cookies: "include", header: { name: "X-App" } }
  ]) {
    it.effect(`are told at once: ${JSON.stringify(given)}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(plainly(Credentials.make, given))
        assert.strictEqual(error._tag, "InvalidConfiguration")
      })
    )
  }
})

describe("credentials from the configuration", () => {
  const from = (settings: Record<string, string>, names?: Credentials.CredentialsConfig) =>
    current.pipe(
      Effect.provide(Credentials.layerConfig(names)),
      Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(settings))))
    )

  it.effect("are the token if there is one, else email and password", () =>
    Effect.gen(function* () {
      const email = { TOGGL_EMAIL: "ada@example.com", TOGGL_PASSWORD: " p " }
      assert.deepEqual(yield* from({ TOGGL_API_TOKEN: "t\n", ...email }), ["Token", "t"])
      assert.deepEqual(yield* from({ TOGGL_API_TOKEN: " ", ...email }), ["Password", "ada@example.com", " p "])
      assert.deepEqual(yield* from(email), ["Password", "ada@example.com", " p "])
    })
  )

  it.effect("may have other names", () =>
    Effect.gen(function* () {
      assert.deepEqual(yield* from({ MINE: "t" }, { token: Config.redacted("MINE") }), ["Token", "t"])
      assert.deepEqual(yield* from({ WHO: "a", TOGGL_PASSWORD: "p" }, { email: Config.string("WHO") }), [
        "Password",
        "a",
        "p"
      ])
    })
  )

  it.effect("that are missing or empty fail with what to set", () =>
    Effect.gen(function* () {
      for (const [settings, says] of [
        [
          {},
          "TOGGL_API_TOKEN: set it to the API token of your Toggl profile page; or TOGGL_EMAIL: set it to the email to log in with; TOGGL_PASSWORD: set it to the password of that email"
        ],
        [{ TOGGL_API_TOKEN: "" }, "TOGGL_API_TOKEN: set it to the API token"],
        [{ TOGGL_EMAIL: "a@b.test" }, "TOGGL_PASSWORD: set it to the password of that email"],
        [{ TOGGL_EMAIL: "a@b.test", TOGGL_PASSWORD: "" }, "TOGGL_PASSWORD: set it to the password of that email"],
        [{ TOGGL_PASSWORD: "s3cret" }, "TOGGL_EMAIL: set it to the email to log in with"]
      ] as const) {
        const error = yield* Effect.flip(from(settings))
        assert.isTrue(ConfigError.isConfigError(error))
        assert.include(ClientError.messageOf(error), says)
        assert.notInclude(ClientError.messageOf(error), "s3cret")
      }
    })
  )

  it.effect("that are empty under another name are told by that name", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(from({ MINE: " " }, { token: Config.redacted("MINE") }))
      assert.include(ClientError.messageOf(error), "MINE: set it to the API token")
    })
  )
})

describe("a sentence is made of what is wrong with a configuration", () => {
  const told = (config: Config.Config<unknown>, settings: Record<string, string>) =>
    Effect.gen(function* () {
      const provider = ConfigProvider.fromMap(new Map(Object.entries(settings)))
      return ClientError.messageOf(yield* Effect.flip(Effect.withConfigProvider(config, provider)))
    })

  it.effect("with the names of the settings, and without their values", () =>
    Effect.gen(function* () {
      const limit = Config.duration("LIMIT")
      const own = Config.validate(Config.string("LIMIT"), { message: "s3cret is too short", validation: () => false })
      assert.strictEqual(yield* told(limit, {}), "LIMIT: it is not set")
      for (const config of [limit, own, Config.integer("LIMIT"), Schema.Config("LIMIT", Schema.NumberFromString)]) {
        const message = yield* told(config, { LIMIT: "s3cret" })
        assert.match(message, /^LIMIT: it cannot be used/)
        assert.notInclude(message, "s3cret")
      }
      assert.strictEqual(yield* told(Config.nested(limit, "MY"), {}), "MY_LIMIT: it is not set")
      assert.strictEqual(
        yield* told(
          Config.orElse(Config.string("ONE"), () => Config.string("OTHER")),
          {}
        ),
        "ONE: it is not set; or OTHER: it is not set"
      )
    })
  )

  it("and of our own errors, what they say", () => {
    const error = new ClientError.InvalidConfiguration({ setting: "baseUrl", problem: "use https" })
    assert.strictEqual(ClientError.messageOf(error), "baseUrl: use https")
  })
})
