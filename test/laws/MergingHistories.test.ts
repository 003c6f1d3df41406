import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Random from "effect/Random"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import * as TestContext from "effect/TestContext"
import * as Layer from "effect/Layer"
import * as Context from "effect/Context"
import { Client, Clients, Credentials, type Entry, type Mutation, Outbox } from "../../src/index.js"
import { FakeToggl, type TogglSnapshot } from "../../src/testing/index.js"

// Law 10 as properties: histories are replayed twice, merged (some of them in bulk too) and one by one, against two
// fakes that are alike.

const { id } = FakeToggl.defaultWorkspace
const workspaceId = Client.WorkspaceId.make(id)

const names = ["Acme", "acme", "Café", "Cafe\u0301", "Zenith", " Zenith", "Nadir & Sons", "N"]
const name = FastCheck.constantFrom(...names)
const notes = FastCheck.constantFrom("", "a", "b")
const target = FastCheck.nat({ max: 5 })

const command = FastCheck.oneof(
  { weight: 3, arbitrary: FastCheck.record({ _tag: FastCheck.constant("Create" as const), name, notes }) },
  {
    weight: 8,
    arbitrary: FastCheck.record({
      _tag: FastCheck.constant("Update" as const),
      target,
      change: FastCheck.oneof(
        FastCheck.record({ name }),
        FastCheck.record({ notes }),
        FastCheck.record({ name, notes })
      )
    })
  },
  { weight: 2, arbitrary: FastCheck.record({ _tag: FastCheck.constant("Delete" as const), target }) },
  { weight: 1, arbitrary: FastCheck.record({ _tag: FastCheck.constant("Archive" as const), target }) },
  {
    weight: 1,
    arbitrary: FastCheck.record({ _tag: FastCheck.constant("Restore" as const), target, all: FastCheck.boolean() })
  }
)

const edit = FastCheck.oneof(
  FastCheck.record({ _tag: FastCheck.constant("Create" as const), name, notes }),
  FastCheck.record({ _tag: FastCheck.constant("Rename" as const), target, name }),
  FastCheck.record({ _tag: FastCheck.constant("Note" as const), target, notes }),
  FastCheck.record({ _tag: FastCheck.constant("Delete" as const), target }),
  FastCheck.record({ _tag: FastCheck.constant("Archive" as const), target })
)

const switches = FastCheck.record({
  uniqueNames: FastCheck.boolean(),
  nameComparison: FastCheck.record({
    caseSensitive: FastCheck.boolean(),
    normalize: FastCheck.constantFrom("NFC" as const, "none" as const),
    trim: FastCheck.boolean()
  }),
  archivedNamesCount: FastCheck.boolean(),
  storedNames: FastCheck.constantFrom("asSent" as const, "trimmed" as const),
  maxClientNameBytes: FastCheck.constantFrom(255, 255, 8),
  archiveOnFreePlan: FastCheck.constantFrom(402 as const, 403 as const),
  omittedNotes: FastCheck.constantFrom("kept" as const, "cleared" as const),
  bulkEndpoints: FastCheck.boolean(),
  bulkUnknownIds: FastCheck.constantFrom("ignored" as const, "refused" as const),
  unknownRoute: FastCheck.constantFrom(404 as const, 405 as const),
  newerKeys: FastCheck.boolean(),
  listOrder: FastCheck.constantFrom("id" as const, "newestFirst" as const),
  workspaces: FastCheck.boolean().map((premium) => [{ ...FakeToggl.defaultWorkspace, premium }])
})

const scenario = FastCheck.record({
  switches,
  seeds: FastCheck.array(FastCheck.record({ name, notes, archived: FastCheck.boolean() }), { maxLength: 3 }),
  listed: FastCheck.boolean(),
  bulk: FastCheck.boolean(),
  conflicts: FastCheck.constantFrom("LastWriteWins" as const, "CheckFirst" as const, "Blind" as const),
  history: FastCheck.array(command, { maxLength: 12 }),
  edits: FastCheck.array(edit, { minLength: 1, maxLength: 3 })
})

type Scenario = typeof scenario extends FastCheck.Arbitrary<infer A> ? A : never

interface Ended {
  readonly snapshot: TogglSnapshot.Snapshot
  readonly outcomes: ReadonlyArray<Outbox.Outcome>
  readonly requests: number
}

/** What a history comes to where the app merges, or does not; `others`: whether a colleague writes meanwhile. */
const replayed = (
  { bulk, conflicts, edits, history, listed, seeds, switches }: Scenario,
  merge: boolean,
  others: boolean
) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const toggl = yield* FakeToggl.make(switches)
    const known: Array<Client.AnyClientId> = []
    for (const { archived, ...seed } of seeds) {
      const made = yield* Effect.option(toggl.edit.createClient(id, seed))
      if (made._tag === "None") continue
      known.push(Client.ClientId.make(made.value.id))
      yield* toggl.edit.addProject(id, { name: `Project of ${made.value.id}`, clientId: made.value.id })
      if (archived) yield* Effect.ignore(toggl.edit.archiveClient(id, made.value.id))
    }
    const app = Clients.layerMemory({ account: "anna", merge, conflicts, bulk: merge && bulk }).pipe(
      Layer.provide([Credentials.layer(Credentials.token(FakeToggl.defaultUser.apiToken)), toggl.layer])
    )
    const context = yield* Layer.buildWithScope(app, scope)
    const outbox = Context.get(context, Outbox.Outbox)
    if (listed) yield* Context.get(context, Clients.Clients).list(workspaceId)
    yield* outbox.pause
    const theirs = known.map(Number)
    const entries: Array<Entry.EntryId> = []
    for (const [index, asked] of history.entries()) {
      const receipt = yield* outbox.submit(mutationOf(asked, index, known))
      if (receipt._tag === "Queued") entries.push(receipt.entryId)
    }
    if (others) {
      for (const each of edits) yield* colleague(toggl, each, theirs)
    }
    yield* outbox.resume
    const clock = yield* TestClock.testClock()
    yield* clock.adjust("3 hours")
    const requests = yield* toggl.requests
    const ended: Ended = {
      snapshot: yield* toggl.snapshot(id),
      outcomes: yield* Effect.forEach(entries, outbox.outcome),
      requests: requests.filter((request) => request.method !== "GET").length
    }
    yield* Scope.close(scope, Exit.void)
    return ended
  }).pipe(Effect.withRandom(Random.make("merging")), Effect.scoped, Effect.provide(TestContext.TestContext))

const mutationOf = (
  asked: Scenario["history"][number],
  index: number,
  known: Array<Client.AnyClientId>
): Mutation.Mutation => {
  if (asked._tag === "Create") {
    const localId = Client.LocalClientId.make(-1 - index)
    known.push(localId)
    return { _tag: "Create", workspaceId, localId, name: asked.name, notes: asked.notes }
  }
  const clientId = known[asked.target % Math.max(1, known.length)] ?? Client.ClientId.make(99)
  switch (asked._tag) {
    case "Update":
      return { _tag: "Update", workspaceId, clientId, change: asked.change }
    case "Restore":
      return { _tag: "Restore", workspaceId, clientId, input: { restoreAllProjects: asked.all } }
    default:
      return { _tag: asked._tag, workspaceId, clientId }
  }
}

const colleague = (toggl: FakeToggl.FakeTogglService, edit: Scenario["edits"][number], ids: ReadonlyArray<number>) => {
  if (edit._tag === "Create") return Effect.ignore(toggl.edit.createClient(id, edit))
  const clientId = ids[edit.target % Math.max(1, ids.length)] ?? 99
  switch (edit._tag) {
    case "Rename":
      return Effect.ignore(toggl.edit.updateClient(id, clientId, { name: edit.name }))
    case "Note":
      return Effect.ignore(toggl.edit.updateClient(id, clientId, { notes: edit.notes }))
    case "Delete":
      return Effect.ignore(toggl.edit.deleteClient(id, clientId))
    case "Archive":
      return Effect.ignore(toggl.edit.archiveClient(id, clientId))
  }
}

/** What was accepted is accepted, or there was nothing left to send for. */
const keepsWhatWasAccepted = (merged: Ended, unmerged: Ended) => {
  for (const [index, outcome] of unmerged.outcomes.entries()) {
    if (outcome._tag === "Done") assert.include(["Done", "Discarded"], merged.outcomes[index]?._tag)
  }
}

// A client that never left the device costs no request, whatever names it had in between.
const isSpared = (merged: Ended, unmerged: Ended, { history }: Scenario) =>
  merged.outcomes.some(
    ({ _tag }, index) =>
      _tag === "Discarded" && history[index]?._tag === "Update" && unmerged.outcomes[index]?._tag !== "Done"
  )

const holds = (others: boolean, expected: (merged: Ended, unmerged: Ended, scenario: Scenario) => void) =>
  Effect.promise(() =>
    FastCheck.assert(
      FastCheck.asyncProperty(scenario, async (scenario) => {
        const [merged, unmerged] = await Effect.runPromise(
          Effect.all([replayed(scenario, true, others), replayed(scenario, false, others)])
        )
        FastCheck.pre(!isSpared(merged, unmerged, scenario))
        expected(merged, unmerged, scenario)
      }),
      { numRuns: Number(process.env["RUNS"] ?? 60), seed: Number(process.env["SEED"] ?? 20260105) }
    )
  )

describe("merging", () => {
  it.effect("leaves Toggl as it would be unmerged where nobody else writes, under every switch", () => {
    const requests = { merged: 0, unmerged: 0 }
    const compared = holds(false, (merged, unmerged, { conflicts }) => {
      requests.merged += merged.requests
      requests.unmerged += unmerged.requests
      assert.deepStrictEqual(merged.snapshot, unmerged.snapshot)
      keepsWhatWasAccepted(merged, unmerged)
      for (const { outcomes } of [merged, unmerged]) {
        for (const outcome of outcomes) {
          if (outcome._tag === "Standing") assert.notStrictEqual(outcome.error._tag, "Conflict", conflicts)
        }
      }
    })
    return Effect.tap(compared, () => {
      assert.isBelow(requests.merged, requests.unmerged)
    })
  })

  it.effect("refuses nothing that would have been accepted where others write", () => holds(true, keepsWhatWasAccepted))
})
