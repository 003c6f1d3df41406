import "fake-indexeddb/auto"
import { assert, describe, it } from "@effect/vitest"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import {
  Client,
  type ClientError,
  Clients,
  Connectivity,
  Credentials,
  Entry,
  Outbox,
  OutboxStore,
  ReplayLock
} from "../../src/index.js"
import { FakeToggl } from "../../src/testing/index.js"
import { type Fixture, namesOf, read, versions } from "../fixtures/Fixture.js"
import { ada, grace, law, type World, workspaceId } from "../World.js"

// Law 15: databases that were written by every version open, keep every promise and drain.

interface App {
  readonly clients: Clients.Service
  readonly outbox: Outbox.Service
}

/** A device with the database of the fixture on it, and Toggl as it was then. */
interface Device {
  readonly toggl: FakeToggl.Service
  /** All rows as they stand, in the order of their keys. */
  readonly rows: Effect.Effect<ReadonlyArray<readonly [key: unknown, row: unknown]>>
  readonly open: Effect.Effect<App, ClientError.InvalidConfiguration, Scope.Scope>
  /** Whatever can be sent is sent, and these changes, which are to end, have ended. */
  readonly drained: (app: App, ending: ReadonlyArray<Entry.EntryId>) => Effect.Effect<void, ClientError.ClientError>
}

// --- The two devices --------------------------------------------------------------------------------------------------

const inMemory = (world: World, fixture: Fixture): Effect.Effect<Device> =>
  Effect.gen(function* () {
    yield* world.toggl.setState(fixture.toggl)
    world.memory.rows = fixture.rows.map(([key, row]) => ({ key: structuredClone(key), row: structuredClone(row) }))
    world.memory.nextSeq = fixture.nextSeq
    yield* world.passes(fixture.takenAt - (yield* Clock.currentTimeMillis))
    return {
      toggl: world.toggl,
      rows: Effect.sync(() => world.memory.rows.map(({ key, row }) => [key, row])),
      open: world.open({ account: fixture.account }),
      drained: () => world.passes("2 hours")
    }
  })

const request = <A>(ask: () => IDBRequest<A>) =>
  Effect.async<A>((resume) => {
    const asked = ask()
    asked.onsuccess = () => resume(Effect.succeed(asked.result))
    asked.onerror = () => resume(Effect.die(asked.error))
  })

const opened = (name: string) =>
  Effect.acquireRelease(
    request(() => {
      const open = indexedDB.open(name, 1)
      open.onupgradeneeded = () => open.result.createObjectStore("log", { autoIncrement: true })
      return open
    }),
    (database) => Effect.sync(() => database.close())
  )

const loaded = ({ database, nextSeq, rows }: Fixture) =>
  Effect.scoped(
    Effect.gen(function* () {
      const log = (yield* opened(database)).transaction("log", "readwrite").objectStore("log")
      for (const [key, row] of rows) log.put(row, structuredClone(key))
      if (nextSeq === 1) return
      // The key generator goes on from the highest number that a row has had.
      const last = rows.find(([key]) => key === nextSeq - 1)
      log.put(last?.[1] ?? "gone", nextSeq - 1)
      if (last === undefined) log.delete(nextSeq - 1)
      yield* request(() => log.count())
    })
  )

const rawRows = (database: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const log = (yield* opened(database)).transaction("log", "readonly").objectStore("log")
      const [keys, rows] = yield* Effect.all(
        [request(() => log.getAllKeys()), request((): IDBRequest<Array<unknown>> => log.getAll())],
        { concurrency: "unbounded" }
      )
      return keys.map((key, index) => [key, rows[index]] as const)
    })
  )

// Long after the fixture was left, and in real time: so the limits are short.
const inIndexedDb = (fixture: Fixture): Effect.Effect<Device, never, Scope.Scope> =>
  Effect.gen(function* () {
    const toggl = yield* FakeToggl.make()
    yield* toggl.setState(fixture.toggl)
    yield* Effect.acquireRelease(loaded(fixture), () => request(() => indexedDB.deleteDatabase(fixture.database)))
    const layer = Clients.stack({
      account: fixture.account,
      requestLimit: "1 second",
      margin: "1 second",
      backoff: { base: "100 millis", cap: "1 second" }
    }).pipe(
      Layer.provide([
        Layer.succeed(HttpClient.HttpClient, toggl.httpClient),
        Credentials.layer(ada),
        Layer.succeed(Connectivity.Connectivity, { isOnline: Effect.succeedNone, wakeUps: Stream.empty }),
        OutboxStore.layerIndexedDb({ name: Clients.databaseName(fixture.account, fixture.baseUrl) }),
        Layer.effect(ReplayLock.ReplayLock, ReplayLock.makePrivate)
      ])
    )
    return {
      toggl,
      rows: rawRows(fixture.database),
      open: Effect.map(Layer.build(layer), (context) => ({
        clients: Context.get(context, Clients.Clients),
        outbox: Context.get(context, Outbox.Outbox)
      })),
      drained: (app, ending) =>
        Effect.zipRight(
          Effect.forEach(ending, (id) => app.outbox.awaitOutcome(id)),
          app.outbox.awaitDrained
        )
    }
  })

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
  it.scopedLive(`${sentence} (in IndexedDB)`, () => Effect.flatMap(inIndexedDb(fixture), happens))
}

// --- What was promised ------------------------------------------------------------------------------------------------

interface Promised {
  /** The names that a list shows before Toggl can be asked; missing where it was never asked. */
  readonly shows?: ReadonlyArray<string>
  /** What Toggl applies from then on, in this order, each once. */
  readonly sends: ReadonlyArray<string>
  /** All clients in the end: the name, the notes, and whether it is archived. */
  readonly ends: ReadonlyArray<readonly [name: string, notes: string, archived: boolean]>
  /** How each change stands then. */
  readonly outcomes: Readonly<Record<string, string>>
  /** The user has to let it go on. */
  readonly isResumed?: boolean
}

const nothing: Promised = { sends: [], ends: [], outcomes: {} }

const promised: Readonly<Record<string, Promised>> = {
  empty: nothing,
  purged: {
    sends: [],
    ends: [
      ["Bolt", "", false],
      ["Acme", "", false]
    ],
    outcomes: {}
  },
  neverReplayed: {
    sends: [
      "POST /clients Acme",
      "PUT /clients/64890001 Bolt AG",
      "DELETE /clients/64890002",
      "POST /clients/64890003/archive",
      "POST /clients/64890004/restore"
    ],
    ends: [
      ["Bolt AG", "net 30", false],
      ["Old", "", true],
      ["Back", "", false],
      ["Acme", "net 60", false]
    ],
    outcomes: {
      acme: "Done",
      boltRenamed: "Done",
      goneDeleted: "Done",
      oldArchived: "Done",
      backRestored: "Done",
      acmeNoted: "Done"
    }
  },
  ended: {
    shows: ["Acme Inc", "Bolt"],
    sends: [],
    ends: [
      ["Bolt", "", true],
      ["Acme Inc", "net 30", false]
    ],
    outcomes: {
      acme: "Done",
      acmeRenamed: "Done",
      boltArchived: "Done",
      goneDeleted: "Done",
      taken: "Refused InvalidName",
      unwanted: "Discarded",
      fleeting: "Discarded",
      fleetingDeleted: "Done"
    }
  },
  halfReplayed: {
    shows: ["Acme", "Bolt", "Bolt AG", "Zenith"],
    sends: ["POST /clients/64890003/restore", "POST /clients Bolt"],
    ends: [
      ["Bolt AG", "net 30", false],
      ["Zenith", "", false],
      ["Acme", "", false],
      ["Bolt", "", false]
    ],
    outcomes: {
      acme: "Done",
      beta: "Discarded",
      acmeArchived: "Done",
      boltRenamed: "Done",
      betaDeleted: "Done",
      acmeRestored: "Done",
      bolt: "Done"
    }
  },
  uncertainCreate: {
    shows: ["Acme", "Beta", "Bolt"],
    sends: ["POST /clients Beta", "POST /clients/64890002/archive"],
    ends: [
      ["Bolt", "", false],
      ["Acme", "", true],
      ["Beta", "", false]
    ],
    outcomes: { acme: "Done", beta: "Done", acmeArchived: "Done" }
  },
  uncertainUpdate: {
    shows: ["Bolt", "Bolt AG"],
    sends: ["PUT /clients/64890001 Bolt AG", "POST /clients Bolt"],
    ends: [
      ["Bolt AG", "net 30", false],
      ["Bolt", "", false]
    ],
    outcomes: { boltRenamed: "Done", bolt: "Done" }
  },
  setAside: {
    shows: ["Bolt AG", "Nadir"],
    sends: ["PUT /clients/64890001 Bolt AG", "POST /clients/64890001/archive"],
    ends: [
      ["Bolt AG", "net 30", true],
      ["Nadir", "", false]
    ],
    outcomes: { boltRenamed: "Done", boltArchived: "Done", zenithRenamed: "Done" }
  },
  refused: {
    shows: ["Bolt", "Gone", "Old", "Taken", "Free"],
    sends: ["POST /clients Free"],
    ends: [
      ["Taken", "", false],
      ["Old", "", false],
      ["Bolt", "theirs", false],
      ["Free", "", false]
    ],
    outcomes: {
      taken: "Standing InvalidName",
      takenArchived: "Waiting Held",
      goneRenamed: "Standing NotFound",
      oldArchived: "Standing PlanRequired",
      boltRenamed: "Standing Undecided",
      free: "Done"
    }
  },
  imported: {
    sends: ["PUT /clients/64890001 Bolt AG", "POST /clients Acme"],
    ends: [
      ["Bolt AG", "net 30", false],
      ["Acme", "", false]
    ],
    outcomes: { boltRenamed: "Done", acme: "Done" }
  },
  mergedCreate: {
    shows: ["Acme Inc", "Beta", "Bolt"],
    sends: ["POST /clients/64890002/archive", "POST /clients Beta"],
    ends: [
      ["Bolt", "", false],
      ["Acme Inc", "net 30", true],
      ["Beta", "", false]
    ],
    outcomes: { acme: "Done", acmeRenamed: "Done", acmeNoted: "Done", acmeArchived: "Done", beta: "Done" }
  },
  mergedUpdate: {
    shows: ["Beta", "Bolt AG"],
    sends: ["PUT /clients/64890001 Bolt AG", "POST /clients Beta"],
    ends: [
      ["Bolt AG", "net 60", false],
      ["Beta", "", false]
    ],
    outcomes: { boltRenamed: "Done", boltNoted: "Done", beta: "Done" }
  },
  bulk: {
    shows: ["A", "B", "C"],
    sends: ["DELETE /clients/64890004", "DELETE /clients/64890005"],
    ends: [
      ["A", "", true],
      ["B", "", true],
      ["C", "", true]
    ],
    outcomes: { archived0: "Done", archived1: "Done", archived2: "Done", deleted3: "Done", deleted4: "Done" }
  },
  apart: {
    shows: ["Beta", "Zenith", "Zenith"],
    sends: ["PUT /clients/64890001 Nadir", "POST /clients Beta"],
    ends: [
      ["Nadir", "a", false],
      ["Zenith", "theirs", false],
      ["Beta", "", false]
    ],
    outcomes: { boltRenamed: "Done", boltTaken: "Standing InvalidName", beta: "Done" }
  },
  paused: {
    shows: ["Acme", "Bolt"],
    sends: ["POST /clients Acme", "PUT /clients/64890001 Bolt", "POST /clients/64890002/archive"],
    ends: [
      ["Bolt", "net 60", false],
      ["Acme", "", true]
    ],
    outcomes: { acme: "Done", boltNoted: "Done", acmeArchived: "Done" },
    isResumed: true
  },
  signedOut: {
    shows: ["Beta", "Bolt"],
    sends: ["POST /clients Beta"],
    ends: [
      ["Bolt", "net 60", false],
      ["Beta", "", false]
    ],
    outcomes: { boltNoted: "Done", beta: "Done" },
    isResumed: true
  },
  rateLimited: {
    shows: ["Acme", "Beta", "Bolt"],
    sends: ["POST /clients Acme", "POST /clients Beta"],
    ends: [
      ["Bolt", "", false],
      ["Acme", "", false],
      ["Beta", "", false]
    ],
    outcomes: { acme: "Done", beta: "Done" }
  },
  quota: {
    shows: ["A", "B", "Bolt", "C", "D", "E"],
    sends: ["POST /clients D", "POST /clients E"],
    ends: [
      ["Bolt", "", false],
      ["A", "", false],
      ["B", "", false],
      ["C", "", false],
      ["D", "", false],
      ["E", "", false]
    ],
    outcomes: { A: "Done", B: "Done", C: "Done", D: "Done", E: "Done" }
  },
  unreadable: {
    shows: ["Acme", "Bolt", "Free"],
    sends: ["POST /clients Acme", "POST /clients Free"],
    ends: [
      ["Bolt", "net 30", false],
      ["Acme", "", false],
      ["Free", "", false]
    ],
    outcomes: { acme: "Done", boltNoted: "Waiting Held", free: "Done" }
  },
  newer: {
    shows: ["Acme", "Beta", "Bolt"],
    sends: ["POST /clients Acme"],
    ends: [
      ["Bolt", "", false],
      ["Acme", "", false]
    ],
    outcomes: { acme: "Done", beta: "Waiting NewerVersion" }
  }
}

// --- What is seen -----------------------------------------------------------------------------------------------------

const base = `/api/v9/workspaces/${workspaceId}`

/** The changes that Toggl applied since it was opened: `METHOD /path name`. */
const applied = ({ toggl }: Device) =>
  Effect.map(toggl.requests, (requests) =>
    requests
      .filter((request) => request.applied && request.method !== "GET")
      .map(({ body, method, path }) => {
        const name = Predicate.hasProperty(body, "name") ? ` ${String(body.name)}` : ""
        return `${method} ${path.replace(base, "")}${name}`
      })
  )

const clientsOf = ({ toggl }: Device) =>
  Effect.map(toggl.clients(workspaceId), (clients) =>
    clients.map(({ archived, name, notes }) => [name, notes, archived] as const)
  )

const entryOf = (fixture: Fixture, name: string): Entry.EntryId => Entry.EntryId.make(fixture.entries[name] ?? "")

const standsAs = (outcome: Outbox.Outcome): string => {
  switch (outcome._tag) {
    case "Waiting":
      return `Waiting ${outcome.reason._tag}`
    case "Standing":
    case "Refused":
      return `${outcome._tag} ${outcome.error._tag}`
    default:
      return outcome._tag
  }
}

const outcomesOf = (app: App, fixture: Fixture) =>
  Effect.map(
    Effect.forEach(Object.keys(fixture.entries), (name) =>
      Effect.map(app.outbox.outcome(entryOf(fixture, name)), (outcome) => [name, standsAs(outcome)] as const)
    ),
    Object.fromEntries
  )

const rowOf = (rows: ReadonlyArray<readonly [key: unknown, row: unknown]>, seq: number): unknown =>
  rows.find(([key]) => key === seq)?.[1]

const shown = (app: App) => app.clients.list(workspaceId, { freshness: "Local", status: "both" })

const isStanding = (outcome: string) => /^(Standing|Waiting) /.test(outcome)

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

  describe(`the databases that version "${version}" left`, () => {
    it("are all there, and of each something is promised here", () => {
      assert.isAtLeast(namesOf(version).length, 21)
      assert.includeMembers([...Object.keys(promised), "uncertainUnlisted"], [...namesOf(version)])
    })
  })

  for (const [name, promise] of Object.entries(promised)) {
    if (!namesOf(version).includes(name)) continue
    const fixture = the(name)

    describe(`version "${version}" left: ${fixture.holds}`, () => {
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
          const names = (yield* shown(app)).map((client) => client.name)
          assert.sameMembers(names, [...promise.shows])
        })
      )

      holds("What can be sent is sent, once and in order, and all is answered for by its ids", fixture, (device) =>
        Effect.gen(function* () {
          const app = yield* drain(device, fixture, promise)
          assert.deepStrictEqual(yield* applied(device), promise.sends)
          assert.deepStrictEqual(yield* clientsOf(device), promise.ends)
          assert.deepStrictEqual(yield* outcomesOf(app, fixture), promise.outcomes)
          for (const [name, localId] of Object.entries(fixture.localIds)) {
            const outcome = yield* app.outbox.outcome(entryOf(fixture, name))
            if (outcome._tag !== "Done") continue
            assert.isDefined(outcome.clientId)
            const client = yield* app.clients.get(workspaceId, Client.LocalClientId.make(localId))
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

  describe(`what version "${version}" kept`, () => {
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
        assert.deepStrictEqual(yield* clientsOf(device), [
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
        assert.deepStrictEqual((yield* clientsOf(device))[0], ["Bolt", "second", false])
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
          assert.deepStrictEqual(yield* clientsOf(device), [
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
