import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import { inspect } from "node:util"
import { Client, Clients, ClientsApi, Credentials } from "../../src/index.js"
import { FakeToggl } from "../../src/testing/index.js"

const workspaceId = Client.WorkspaceId.make(FakeToggl.defaultWorkspace.id)

// As plain JavaScript sees them: any object will do. (The parameter of a method may be narrower than it says.)
interface PlainJavaScript {
  layerMemory(options: object): ReturnType<typeof Clients.layerMemory>
  layer(options: object): ReturnType<typeof ClientsApi.layer>
  list(workspaceId: Client.WorkspaceId, options: object): ReturnType<typeof Clients.list>
  get(workspaceId: Client.WorkspaceId, id: Client.ClientId, options: object): ReturnType<typeof Clients.get>
}
const plain: PlainJavaScript = {
  layerMemory: Clients.layerMemory,
  layer: ClientsApi.layer,
  list: Clients.list,
  get: Clients.get
}

const ports = [Credentials.layer(Credentials.token(FakeToggl.defaultUser.apiToken)), FakeToggl.layer()] as const

const stack = (options: object) =>
  plain.layerMemory({ account: "ada", ...options }).pipe(Layer.provide([...ports]), Layer.build, Effect.scoped)

const api = (options: object) => plain.layer(options).pipe(Layer.provide([...ports]), Layer.build, Effect.scoped)

const noDurations = [NaN, -1, "-1 second", "soon", "", {}, true]
const noCounts = [NaN, -1, 1.5, Infinity, 2 ** 53, "5"]

const bad: ReadonlyArray<readonly [setting: string, of: (value: unknown) => object, values: ReadonlyArray<unknown>]> = [
  ["account", (account) => ({ account }), ["", "  ", undefined, null, 7]],
  ["patience", (patience) => ({ patience }), [...noDurations, Infinity]],
  ["margin", (margin) => ({ margin }), [...noDurations, Infinity, 0, 999]],
  ["backoff.base", (base) => ({ backoff: { base } }), [...noDurations, Infinity, 0]],
  ["backoff.cap", (cap) => ({ backoff: { cap } }), [...noDurations, Infinity, 0]],
  ["setAsideAfter", (setAsideAfter) => ({ setAsideAfter }), [...noCounts, 0]],
  ["reserve", (reserve) => ({ reserve }), noCounts],
  ["conflicts", (conflicts) => ({ conflicts }), ["checkFirst", "", 1]],
  ["freshness", (freshness) => ({ freshness }), [...noDurations, "local"]],
  ["maxNameBytes", (maxNameBytes) => ({ maxNameBytes }), [...noCounts, 0]],
  ["requestLimit", (requestLimit) => ({ requestLimit }), [...noDurations, Infinity, 0]]
]

const good: ReadonlyArray<object> = [
  { patience: 0 },
  { patience: "0 millis" },
  { margin: 1000 },
  { backoff: { base: 1, cap: 1 } },
  { backoff: {} },
  { setAsideAfter: 1 },
  { reserve: 0 },
  { conflicts: "Blind" },
  { freshness: "Toggl" },
  { freshness: "Local" },
  { freshness: 0 },
  { freshness: Infinity },
  { maxNameBytes: 1 },
  { requestLimit: 1 }
]

const saysWhatToSet = (
  result: Either.Either<unknown, { readonly _tag: string; readonly message: string }>,
  setting: string
) => {
  assert(Either.isLeft(result))
  assert.strictEqual(result.left._tag, "InvalidConfiguration")
  assert.match(result.left.message, new RegExp(`^${setting.replace(".", "\\.")}: set it to `))
}

describe("a setting that makes no sense is told before anything is done, with what to set", () => {
  for (const [setting, of, values] of bad) {
    for (const value of values) {
      it.effect(`${setting} ${inspect(value)}`, () =>
        Effect.gen(function* () {
          saysWhatToSet(yield* Effect.either(stack(of(value))), setting)
        })
      )
    }
  }

  for (const [setting, of, values] of bad.filter(([setting]) => ["maxNameBytes", "requestLimit"].includes(setting))) {
    it.effect(`${setting} of ClientsApi alone`, () =>
      Effect.gen(function* () {
        for (const value of values) saysWhatToSet(yield* Effect.either(api(of(value))), setting)
      })
    )
  }

  for (const options of good) {
    it.effect(`${inspect(options)} does make sense`, () =>
      Effect.gen(function* () {
        const built = yield* Effect.either(stack(options))
        assert(Either.isRight(built))
      })
    )
  }
})

describe("a freshness that makes no sense is a typed failure of the read", () => {
  for (const freshness of [...noDurations, "local"]) {
    it.scoped(inspect(freshness), () =>
      Effect.gen(function* () {
        const id = Client.ClientId.make(1)
        const reads = [plain.list(workspaceId, { freshness }), plain.get(workspaceId, id, { freshness })]
        for (const read of reads) {
          const error = yield* Effect.flip<unknown, Clients.ReadError, Clients.Clients>(read)
          assert.strictEqual(error._tag, "BadRequest")
          assert.include(error.message, "freshness")
        }
      }).pipe(Effect.provide(plain.layerMemory({ account: "ada" })), Effect.provide(Layer.mergeAll(...ports)))
    )
  }
})
