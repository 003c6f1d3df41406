import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Fault } from "../../src/testing/index.js"
import { create, drained, isCreate, isList, isUpdate, limited, offline, online, opened, standing } from "../Requests.js"
import { law, workspaceId } from "../World.js"
import { one, paused, update } from "./Paused.js"

// Law 9, within the budget: what a look-up has shown is not asked for twice, and what Toggl asks for is kept once.

describe("an update that was lost", () => {
  for (const conflicts of ["LastWriteWins", "CheckFirst", "Blind"] as const) {
    for (const merge of [true, false]) {
      law(`costs a look-up and the request itself (${conflicts}, ${merge ? "merged" : "alone"})`, (world) =>
        Effect.gen(function* () {
          const { ids, tab } = yield* paused(world, ["Acme"], { conflicts, merge })
          yield* update(tab, one(ids), { notes: "net 60" })
          if (merge) yield* update(tab, one(ids), { notes: "net 90" })
          yield* world.toggl.inject(Fault.refuse, { when: isUpdate })
          yield* drained(world, tab)
          const requests = yield* world.requests
          assert.deepStrictEqual(requests.slice(requests.indexOf("PUT /clients/64890001 Acme")), [
            "PUT /clients/64890001 Acme",
            "GET /clients/64890001",
            "PUT /clients/64890001 Acme"
          ])
          assert.deepStrictEqual(yield* standing(tab), [])
        })
      )
    }
  }
})

describe("a 429 to a run's list", () => {
  law("is kept by one transaction, which also ends the run", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* paused(world, ["Acme", "Zenith"])
      // The first run of a day forgets old outcomes too.
      yield* update(tab, one(ids, 1), { name: "Nadir", notes: "" })
      yield* drained(world, tab)
      yield* tab.outbox.pause
      yield* update(tab, one(ids), { name: "Acme Inc" })
      yield* world.toggl.inject(limited("90"), { when: isList })
      yield* world.clearRequests
      yield* tab.clearOperations
      yield* tab.outbox.resume
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* world.requests, ["GET /clients"])
      const writes = (yield* tab.operations).filter((operation) => operation === "book" || operation === "changeState")
      assert.deepStrictEqual(writes, ["changeState", "book"], "the user resumes, and the run ends")
      yield* world.passes("29 seconds")
      assert.deepStrictEqual(yield* world.requests, ["GET /clients"])
      yield* world.passes("2 seconds")
      assert.deepStrictEqual(yield* world.sent, ["PUT /clients/64890001 Acme Inc"])
    })
  )

  law("is kept also where another replayer has taken the turn meanwhile", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* paused(world, ["Acme"])
      yield* update(tab, one(ids), { name: "Acme Inc" })
      const claimed = world.store.claim()
      yield* world.toggl.inject({ ...limited("90"), before: Effect.asVoid(Effect.orDie(claimed)) }, { when: isList })
      yield* tab.outbox.resume
      yield* world.passes("89 seconds")
      assert.deepStrictEqual(yield* world.requests, ["GET /clients"])
    })
  )
})

describe("thirty names that are taken", () => {
  law("cost thirty requests and one list", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const taken = Array.from({ length: 30 }, (_, index) => `Client ${index}`)
      yield* offline(world, tab)
      for (const name of taken) yield* create(tab, name)
      for (const name of taken) yield* world.toggl.edit.createClient(workspaceId, { name })
      yield* world.clearRequests
      yield* online(world, tab)
      yield* world.passes("20 minutes")
      const requests = yield* world.toggl.requests
      assert.deepStrictEqual(
        [requests.filter(isCreate).length, requests.filter(isList).length, requests.length],
        [30, 1, 31]
      )
      assert.deepStrictEqual(
        yield* standing(tab),
        Array.from(taken, () => "InvalidName")
      )
    })
  )
})
