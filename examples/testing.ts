/**
 * Testing an app with the fake Toggl: no network, no waiting, and the faults of the day on demand.
 *
 * ```sh
 * npx tsx examples/testing.ts
 * ```
 *
 * @since 0.1.0
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import * as TestContext from "effect/TestContext"
import { deepStrictEqual, strictEqual } from "node:assert"
import { Client, Clients, Credentials, Outbox } from "../src/index.js"
import { FakeToggl, Fault } from "../src/testing/index.js"

const workspaceId = Client.WorkspaceId.make(FakeToggl.defaultWorkspace.id)

/** The app under test: takes a customer on, and says what the user reads. */
const takeOn = (name: string) =>
  Clients.create(workspaceId, { name }).pipe(
    Effect.map((receipt) => (receipt._tag === "Confirmed" ? "saved" : "will be saved")),
    Effect.catchTag("InvalidName", (error) => Effect.succeed(error.message))
  )

const app = Clients.layerMemory({ account: "ada" }).pipe(
  Layer.provide(Credentials.layer(Credentials.token(FakeToggl.defaultUser.apiToken))),
  Layer.provideMerge(FakeToggl.layer())
)

const names = Effect.gen(function* () {
  const toggl = yield* FakeToggl.FakeToggl
  return (yield* toggl.clients(workspaceId)).map(({ name }) => name)
})

/** Lets so much time pass as the outbox needs to have sent everything. */
const drained = Effect.gen(function* () {
  const waiting = yield* Effect.fork(Outbox.awaitDrained)
  yield* TestClock.adjust("10 minutes")
  yield* Fiber.join(waiting)
})

const tests = {
  "a name that a colleague took is told to the user": Effect.gen(function* () {
    const toggl = yield* FakeToggl.FakeToggl
    yield* toggl.edit.createClient(workspaceId, { name: "Acme" })
    strictEqual(
      yield* takeOn("Acme"),
      'Another client of this workspace is already called "Acme": choose another name.'
    )
    deepStrictEqual(yield* names, ["Acme"])
  }),

  "what is taken on while Toggl is down reaches it later": Effect.gen(function* () {
    const toggl = yield* FakeToggl.FakeToggl
    yield* toggl.setDown(true)
    strictEqual(yield* takeOn("Acme"), "will be saved")
    yield* TestClock.adjust("1 hour")
    yield* toggl.setDown(false)
    yield* drained
    deepStrictEqual(yield* names, ["Acme"])
  }),

  "a create whose answer gets lost is not made twice": Effect.gen(function* () {
    const toggl = yield* FakeToggl.FakeToggl
    const isCreate = ({ method }: { readonly method: string }) => method === "POST"
    yield* toggl.inject(Fault.loseAnswer, { when: isCreate })
    strictEqual(yield* takeOn("Acme"), "will be saved")
    yield* drained
    deepStrictEqual(yield* names, ["Acme"])
    strictEqual((yield* toggl.requests).filter(isCreate).length, 1)
  })
}

const program = Effect.forEach(
  Object.entries(tests),
  ([title, test]) =>
    // each has a Toggl, an outbox and a clock of its own
    test.pipe(Effect.provide(app), Effect.provide(TestContext.TestContext), Effect.zipRight(Console.log(`✓ ${title}`))),
  { discard: true }
)

await Effect.runPromise(program)
