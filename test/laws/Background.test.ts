import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { Client, Clients, Credentials, Outbox } from "../../src/index.js"
import { Background } from "../../src/instance/background.js"
import { FakeToggl } from "../../src/testing/index.js"

// Whoever can send when the app has gone is asked once a change is stored, and nothing waits for that.

const workspaceId = Client.WorkspaceId.make(FakeToggl.defaultWorkspace.id)
const ada = Credentials.layer(Credentials.token(FakeToggl.defaultUser.apiToken))

const asked = <A, E>(
  use: (
    asked: Effect.Effect<number>,
    leave: Effect.Effect<unknown>
  ) => Effect.Effect<A, E, Clients.Clients | Outbox.Outbox>
) =>
  Effect.gen(function* () {
    let count = 0
    const leaving = yield* Queue.unbounded<void>()
    const background = Layer.succeed(Background, {
      isWoken: false,
      ask: () => {
        count++
      },
      leaving: Stream.fromQueue(leaving)
    })
    const sinceThen = Effect.sync(() => {
      const sofar = count
      count = 0
      return sofar
    })
    yield* use(sinceThen, Effect.zipRight(Queue.offer(leaving, undefined), TestClock.adjust("1 second"))).pipe(
      Effect.provide(Clients.layerMemory({ account: "ada" }).pipe(Layer.provide([ada, FakeToggl.layer(), background])))
    )
  })

describe("what can send when the app has gone", () => {
  it.effect("is asked after each change that is stored, and for no read", () =>
    asked((asked) =>
      Effect.gen(function* () {
        yield* Outbox.pause
        assert.strictEqual(yield* asked, 0)
        const acme = yield* Clients.create(workspaceId, { name: "Acme" })
        assert.strictEqual(yield* asked, 1)
        yield* Clients.update(workspaceId, acme.id, { notes: "net 30" })
        yield* Clients.archive(workspaceId, acme.id)
        yield* Clients.restore(workspaceId, acme.id)
        yield* Clients.delete(workspaceId, acme.id)
        assert.strictEqual(yield* asked, 4)
        yield* Effect.either(Clients.create(workspaceId, { name: " " }))
        yield* Clients.list(workspaceId, { freshness: "Local" })
        yield* Outbox.entries
        assert.strictEqual(yield* asked, 0)
        const file = yield* Outbox.exportEntries()
        yield* Outbox.purge
        assert.strictEqual(yield* asked, 0)
        yield* Outbox.importEntries(file)
        assert.strictEqual(yield* asked, 1)
      })
    )
  )

  it.effect("is asked again when the app may go with something that waits", () =>
    asked((asked, leave) =>
      Effect.gen(function* () {
        yield* leave
        assert.strictEqual(yield* asked, 0)
        yield* Outbox.pause
        yield* Clients.create(workspaceId, { name: "Acme" })
        yield* asked
        yield* leave
        assert.strictEqual(yield* asked, 1)
        yield* Outbox.resume
        yield* Outbox.awaitDrained
        yield* leave
        assert.strictEqual(yield* asked, 0)
      })
    )
  )
})
