import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { Client, Clients, type View } from "../../src/index.js"
import {
  type App,
  applied,
  clientsOf,
  type Device,
  entryOf,
  inIndexedDb,
  inMemory,
  outcomesOf,
  standsAs,
  workspacesOf
} from "../fixtures/Devices.js"
import { type Fixture, namesOf, read, versions } from "../fixtures/Fixture.js"
import { isStanding, nothing, type Promised, promised } from "../fixtures/Promised.js"
import { grace, law, type World, workspaceId } from "../World.js"

// Law 15: databases that were written by every version open, keep every promise and drain.

/** What is true of the database where time can be made to pass. */
const holdsInMemory = <E>(
  sentence: string,
  fixture: Fixture,
  happens: (device: Device, world: World) => Effect.Effect<void, E, Scope.Scope>
): void => {
  law(`${sentence} (in memory)`, (world) =>
    Effect.flatMap(inMemory(world, fixture), (device) => happens(device, world))
  )
}

/** What is true of the database on either device. */
const holds = <E>(
  sentence: string,
  fixture: Fixture,
  happens: (device: Device) => Effect.Effect<void, E, Scope.Scope>
): void => {
  holdsInMemory(sentence, fixture, happens)
  it.scopedLive(`${sentence} (in IndexedDB)`, () => Effect.flatMap(inIndexedDb(fixture), happens), { concurrent: true })
}

const rowOf = (rows: ReadonlyArray<readonly [key: unknown, row: unknown]>, seq: number): unknown =>
  rows.find(([key]) => key === seq)?.[1]

/** The copy of each workspace, with the changes that wait laid on it. */
const views = (app: App, fixture: Fixture) =>
  Effect.forEach(workspacesOf(fixture), (id) => app.clients.view(id, { freshness: "Local", status: "both" }))

const clientsIn = (views: ReadonlyArray<View.View>) => views.flatMap(({ clients }) => clients)

const isState = Schema.is(
  Schema.Struct({
    workspaces: Schema.Record({ key: Schema.String, value: Schema.Struct({ fetchedAt: Schema.optional(Schema.Int) }) })
  })
)

/** When Toggl last gave each workspace's whole list. */
const fetchedIn = (fixture: Fixture) => {
  const state = fixture.rows.find(([key]) => key === "state")?.[1]
  return workspacesOf(fixture).map((id) => (isState(state) ? state.workspaces[id]?.fetchedAt : undefined))
}

const isCopied = Schema.is(Schema.Tuple(Schema.Literal("client"), Schema.Int, Schema.Int))
const isResolved = Schema.is(Schema.Tuple(Schema.Literal("id"), Schema.Int))
const isChange = Schema.is(Schema.Struct({ mutation: Schema.Struct({ clientId: Schema.Int }) }))

/** The rows of the copy, but for those of clients that a change which waits is about. */
const unchangedIn = ({ rows }: Fixture): ReadonlyArray<unknown> => {
  const named = new Set(rows.flatMap(([, row]) => (isChange(row) ? [row.mutation.clientId] : [])))
  for (const [key, row] of rows) {
    if (isResolved(key) && named.has(key[1]) && Predicate.hasProperty(row, "clientId")) named.add(Number(row.clientId))
  }
  return rows.flatMap(([key, row]) => (isCopied(key) && !named.has(key[2]) ? [row] : []))
}

/** A client in the words of the rows. */
const asRow = ({ archived, at, creatorId, id, name, notes, permissions, workspaceId: wid }: View.ClientView) => ({
  id,
  wid,
  name,
  archived,
  notes,
  at: at === undefined ? undefined : new Date(at).toISOString(),
  creator_id: creatorId,
  permissions
})

/** In which workspace the client of that local id was made. */
const workspaceOf = ({ rows }: Fixture, localId: number) => {
  const made = rows.flatMap(([, row]) => {
    const mutation = Predicate.hasProperty(row, "mutation") ? row.mutation : undefined
    return isCreate(mutation) && mutation.localId === localId ? [mutation.workspaceId] : []
  })
  return made[0] ?? workspaceId
}

const isCreate = Schema.is(Schema.Struct({ localId: Schema.Int, workspaceId: Client.WorkspaceId }))

/** Opens it, lets it go on where it was stopped, and waits for whatever it promised. */
const drain = (device: Device, fixture: Fixture, { isResumed = false, outcomes }: Promised) =>
  Effect.gen(function* () {
    const app = yield* device.open
    if (isResumed) yield* app.outbox.resume
    const ending = Object.keys(outcomes).filter((name) => !isStanding(outcomes[name] ?? ""))
    yield* device.drained(
      app,
      ending.map((name) => entryOf(fixture, name))
    )
    return app
  })

// --- The laws ---------------------------------------------------------------------------------------------------------

for (const version of versions) {
  const the = (name: string) => read(version, name)

  describe.concurrent(`the databases that version "${version}" left`, () => {
    it("are all there, and of each something is promised here", () => {
      assert.isAtLeast(namesOf(version).length, 37)
      assert.includeMembers([...Object.keys(promised), "uncertainUnlisted"], [...namesOf(version)])
    })

    it("are found, for a database is still called as it was then", () => {
      const fixtures = namesOf(version).map(the)
      const called = fixtures.map(({ account, baseUrl }) => Clients.databaseName(account, baseUrl))
      assert.deepStrictEqual(
        called,
        fixtures.map(({ database }) => database)
      )
    })
  })

  for (const [name, promise] of Object.entries(promised)) {
    if (!namesOf(version).includes(name)) continue
    const fixture = the(name)

    describe.concurrent(`version "${version}" left: ${fixture.holds}`, () => {
      holds("All that waits is there, in its order, and the copy is read without Toggl", fixture, (device) =>
        Effect.gen(function* () {
          yield* device.toggl.setDown(true)
          const app = yield* device.open
          const waiting = fixture.rows.flatMap(([key, row]) => (typeof key === "number" ? [[key, row] as const] : []))
          const entries = yield* app.outbox.entries
          assert.deepStrictEqual(
            entries.map((entry) => entry.seq),
            waiting.map(([seq]) => seq)
          )
          assert.deepStrictEqual(
            entries.flatMap(({ id }) => id ?? []),
            waiting.flatMap(([, row]) => (Predicate.hasProperty(row, "id") ? [row.id] : []))
          )
          if (promise.shows === undefined) return
          const seen = yield* views(app, fixture)
          const clients = clientsIn(seen)
          const names = clients.map((client) => client.name)
          assert.sameMembers(names, [...promise.shows])
          assert.deepStrictEqual(
            seen.map((view) => view.fetchedAt),
            fetchedIn(fixture)
          )
          // Nothing that the copy holds is lost on the way, not even what no law has use for.
          assert.includeDeepMembers(clients.map(asRow), [...unchangedIn(fixture)])
        })
      )

      holds("What can be sent is sent, once and in order, and all is answered for by its ids", fixture, (device) =>
        Effect.gen(function* () {
          const app = yield* drain(device, fixture, promise)
          assert.deepStrictEqual(yield* applied(device), promise.sends)
          assert.deepStrictEqual(yield* clientsOf(device, fixture), promise.ends)
          assert.deepStrictEqual(yield* outcomesOf(app, fixture), promise.outcomes)
          if (promise.shows !== undefined && !Object.values(promise.outcomes).some(isStanding)) {
            yield* device.toggl.setDown(true)
            const clients = clientsIn(yield* views(app, fixture))
            const known = clients.map(({ archived, name, notes }) => [name, notes, archived] as const)
            assert.sameDeepMembers(known, [...promise.ends])
            yield* device.toggl.setDown(false)
          }
          for (const [name, localId] of Object.entries(fixture.localIds)) {
            const outcome = yield* app.outbox.outcome(entryOf(fixture, name))
            if (outcome._tag !== "Done") continue
            assert.isDefined(outcome.clientId)
            const client = yield* app.clients.get(workspaceOf(fixture, localId), Client.LocalClientId.make(localId))
            assert.deepInclude(client, { id: outcome.clientId, key: String(localId) })
          }
        })
      )

      holds("A new change goes behind all others, under a number that none has had", fixture, (device) =>
        Effect.gen(function* () {
          yield* device.toggl.setDown(true)
          const app = yield* device.open
          yield* app.outbox.pause
          yield* app.clients.create(workspaceId, { name: "Late" })
          assert.strictEqual((yield* app.outbox.entries).at(-1)?.seq, fixture.nextSeq)
        })
      )
    })
  }

  describe.concurrent(`what version "${version}" kept`, () => {
    holds("The outcomes hold Toggl's answers, and the errors that were heard", the("ended"), (device) =>
      Effect.gen(function* () {
        const fixture = the("ended")
        const app = yield* device.open
        const of = (name: string) => app.outbox.outcome(entryOf(fixture, name))
        const renamed = { _tag: "Done", clientId: 64890003, client: { name: "Acme Inc", notes: "net 30" } }
        assert.containSubset(yield* of("acmeRenamed"), renamed)
        assert.containSubset(yield* of("boltArchived"), { clientId: 64890001, projects: [190000001] })
        assert.containSubset(yield* of("taken"), { error: { _tag: "InvalidName", reason: "Taken", name: "Bolt" } })
      })
    )

    holds("What was refused keeps its reason, and is sent when the user retries it", the("refused"), (device) =>
      Effect.gen(function* () {
        const fixture = the("refused")
        const app = yield* drain(device, fixture, promised["refused"] ?? nothing)
        const of = (name: string) => entryOf(fixture, name)
        const refused = (yield* app.outbox.entries).flatMap((entry) => entry.refused ?? [])
        assert.containSubset(refused, [
          { _tag: "InvalidName", reason: "Taken", name: "Taken" },
          { _tag: "NotFound", clientId: 64890002 },
          { _tag: "PlanRequired", clientId: 64890003 },
          { _tag: "Undecided", found: [{ id: 64890004, notes: "theirs" }] }
        ])
        yield* app.outbox.retry(of("taken"), { name: "Ours" })
        yield* app.outbox.retry(of("oldArchived"))
        yield* app.outbox.retry(of("boltRenamed"))
        yield* device.drained(app, ["taken", "takenArchived", "oldArchived", "boltRenamed"].map(of))
        assert.deepStrictEqual(yield* clientsOf(device, fixture), [
          ["Taken", "", false],
          ["Old", "", true],
          ["Bolt AG", "net 60", false],
          ["Free", "", false],
          ["Ours", "ours", true]
        ])
      })
    )

    holds("A row that nobody can read stays as it is, and only the user takes it away", the("unreadable"), (device) =>
      Effect.gen(function* () {
        const fixture = the("unreadable")
        const app = yield* drain(device, fixture, promised["unreadable"] ?? nothing)
        const unreadable = rowOf(fixture.rows, 2)
        assert.isDefined(unreadable)
        assert.deepStrictEqual(rowOf(yield* device.rows, 2), unreadable)
        assert.deepStrictEqual((yield* app.outbox.entries)[0]?.row, unreadable)
        yield* app.outbox.discard({ seq: 2 })
        yield* device.drained(app, [entryOf(fixture, "boltNoted")])
        assert.deepStrictEqual((yield* clientsOf(device, fixture))[0], ["Bolt", "second", false])
      })
    )

    holds("A row of a newer version is neither rewritten nor overtaken", the("newer"), (device) =>
      Effect.gen(function* () {
        const fixture = the("newer")
        const app = yield* drain(device, fixture, promised["newer"] ?? nothing)
        const after = yield* device.rows
        for (const seq of [2, 3]) assert.deepStrictEqual(rowOf(after, seq), rowOf(fixture.rows, seq))
        assert.deepStrictEqual((yield* app.outbox.status).queue, { _tag: "Waiting", for: { _tag: "NewerVersion" } })
      })
    )

    holds(
      "A create in doubt is never sent again on a guess, and the others go on",
      the("uncertainUnlisted"),
      (device) =>
        Effect.gen(function* () {
          const fixture = the("uncertainUnlisted")
          const app = yield* drain(device, fixture, { ...nothing, outcomes: { beta: "Done" } })
          assert.deepStrictEqual(yield* clientsOf(device, fixture), [
            ["Acme", "new", false],
            ["Beta", "", false]
          ])
          // No list was kept that could say that the client was not there before.
          const acme = standsAs(yield* app.outbox.outcome(entryOf(fixture, "acme")))
          assert.include(["Done", "Standing Undecided"], acme)
        })
    )

    for (const [name, left] of [
      ["rateLimited", 200_000],
      ["quota", 2_400_000]
    ] as const) {
      holdsInMemory(`Nothing is asked before the time that the server named (${name})`, the(name), (device, world) =>
        Effect.gen(function* () {
          yield* device.open
          yield* world.passes(left - 1)
          assert.deepStrictEqual(yield* device.toggl.requests, [])
          yield* world.passes("5 seconds")
          assert.deepStrictEqual(yield* applied(device), promised[name]?.sends)
        })
      )
    }

    holdsInMemory("Nothing is sent before the user resumes", the("paused"), (device, world) =>
      Effect.gen(function* () {
        const app = yield* device.open
        yield* world.passes("1 day")
        assert.deepStrictEqual(yield* world.requests, [])
        assert.deepStrictEqual((yield* app.outbox.status).queue, { _tag: "Paused", reason: "ByUser" })
      })
    )

    for (const name of ["halfReplayed", "mergedCreate", "bulk"]) {
      holdsInMemory(`What was on the wire is left alone while it may land (${name})`, the(name), (device, world) =>
        Effect.gen(function* () {
          yield* device.open
          yield* world.passes("20 seconds")
          assert.deepStrictEqual(yield* world.requests, [])
        })
      )
    }

    holdsInMemory("What was refused as one goes one by one from then on", the("apart"), (device, world) =>
      Effect.gen(function* () {
        yield* device.open
        yield* world.passes("1 hour")
        assert.deepStrictEqual(yield* world.sent, [
          "PUT /clients/64890001 Nadir",
          "PUT /clients/64890001 Zenith",
          "POST /clients Beta"
        ])
      })
    )

    holdsInMemory("Another user's credentials send nothing of it", the("halfReplayed"), (device, world) =>
      Effect.gen(function* () {
        const tab = yield* world.open({ credentials: grace })
        yield* world.passes("1 day")
        assert.deepStrictEqual(yield* world.requests, [])
        assert.deepStrictEqual((yield* tab.outbox.status).queue, { _tag: "Paused", reason: "WrongAccount" })
        assert.deepStrictEqual(yield* applied(device), [])
      })
    )
  })
}
