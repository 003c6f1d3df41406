import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { ClientError, Client } from "../../src/index.js"
import { describe as describePlain, type Receipt as PlainReceipt, type TogglClients } from "../../src/doors/promise.js"
import { Fault } from "../../src/testing/index.js"
import { create, isChange, limited, offline, online, opened } from "../Requests.js"
import { grace, inWorld, type Tab, type TabOptions, type World } from "../World.js"
import { heard, over, workspaceId } from "./Plain.js"

// The door without Effect is thin: whatever is asked, both doors say the same.

/** What a caller hears, as far as both doors say it in the same words. */
type Said = readonly [tag: string, detail: unknown]

const ofError = (error: unknown): Said =>
  ClientError.isClientError(error) ? [error._tag, JSON.stringify(error)] : ["no error of ours", String(error)]

const ofReceipt = (receipt: PlainReceipt<unknown>, now: number): Said =>
  receipt._tag === "Confirmed"
    ? ["Confirmed", JSON.stringify(receipt)]
    : [receipt.reason._tag, JSON.stringify([receipt, describePlain(receipt.reason, now)])]

/** One change, by both doors. */
interface Change {
  readonly effect: (tab: Tab, id: Client.AnyClientId) => Effect.Effect<PlainReceipt<unknown>, ClientError.ClientError>
  readonly promise: (toggl: TogglClients, id: number) => Promise<PlainReceipt<unknown>>
}

const creates = (name: string): Change => ({
  effect: ({ clients }) => clients.create(workspaceId, { name }),
  promise: (toggl) => toggl.create(workspaceId, { name })
})
const renames = (name: string): Change => ({
  effect: ({ clients }, id) => clients.update(workspaceId, id, { name }),
  promise: (toggl, id) => toggl.update(workspaceId, id, { name })
})
const archives: Change = {
  effect: ({ clients }, id) => clients.archive(workspaceId, id),
  promise: (toggl, id) => toggl.archive(workspaceId, id)
}
const deletes: Change = {
  effect: ({ clients }, id) => clients.delete(workspaceId, id),
  promise: (toggl, id) => toggl.delete(workspaceId, id)
}

/** What came before it, and the change. Says `Confirmed`, an error's tag, or what it waits for. */
interface Case {
  readonly says: string
  readonly before: (world: World, tab: Tab, id: Client.ClientId) => Effect.Effect<unknown, unknown>
  readonly change: Change
  readonly options?: TabOptions
}

const nothing = () => Effect.void
const always =
  (fault: Fault.Fault, when = isChange) =>
  (world: World) =>
    world.toggl.inject(fault, { when, times: "always" })

const cases: ReadonlyArray<Case> = [
  { says: "Confirmed", before: nothing, change: creates("New") },
  { says: "Confirmed", before: nothing, change: archives },
  { says: "Confirmed", before: nothing, change: deletes },
  { says: "InvalidName", before: nothing, change: creates("Acme") },
  { says: "InvalidName", before: nothing, change: creates(" ") },
  { says: "BadRequest", before: always(Fault.refusal(400, "no")), change: creates("New") },
  { says: "Forbidden", before: always(Fault.refusal(403, "no")), change: creates("New") },
  { says: "PlanRequired", before: always(Fault.refusal(402, "upgrade")), change: archives },
  { says: "Gone", before: always(Fault.refusal(410, "gone")), change: creates("New") },
  {
    says: "NotFound",
    before: (world, _, id) => world.toggl.edit.deleteClient(workspaceId, id),
    change: renames("New")
  },
  {
    says: "Conflict",
    before: (world, _, id) => world.toggl.edit.updateClient(workspaceId, id, { name: "Theirs" }),
    change: renames("Mine"),
    options: { conflicts: "CheckFirst" }
  },
  {
    says: "NotSaved",
    before: (_, tab) =>
      tab.setStorageFault(() => new ClientError.StorageError({ reason: "Stalled", detail: "it does not answer" })),
    change: creates("New")
  },
  { says: "Offline", before: (world, tab) => offline(world, tab), change: creates("New") },
  { says: "BackingOff", before: always(Fault.proxyError({ status: 503 })), change: creates("New") },
  { says: "RateLimited", before: always(limited("60")), change: creates("New") },
  {
    says: "Quota",
    before: always(Fault.respond({ status: 402, body: "Quota exceeded. It resets in 61s." })),
    change: creates("New")
  },
  {
    says: "Behind",
    before: (world, tab) =>
      Effect.gen(function* () {
        yield* world.toggl.inject(Fault.hang(), { when: isChange, times: "always" })
        yield* Effect.forkDaemon(create(tab, "First"))
        yield* world.rests
      }),
    change: creates("New")
  },
  {
    // the one before it has lost its answer, and both wait for what became of that
    says: "LookingUp",
    before: (world, tab) =>
      Effect.gen(function* () {
        yield* world.toggl.inject(Fault.loseAnswer, { when: isChange, times: "always" })
        yield* create(tab, "First")
        yield* world.passes("5 seconds")
      }),
    change: creates("New")
  },
  {
    says: "Held",
    before: (world, tab, id) =>
      Effect.gen(function* () {
        yield* world.toggl.inject(Fault.refusal(403, "no"), { when: isChange, times: "always" })
        yield* offline(world, tab)
        yield* tab.clients.update(workspaceId, id, { name: "Refused" })
        yield* online(world, tab)
        yield* world.passes("5 minutes")
      }),
    change: renames("New")
  },
  { says: "ByUser", before: (_, tab) => tab.outbox.pause, change: creates("New") },
  { says: "SignInNeeded", before: (_, tab) => tab.outbox.signOut, change: creates("New") },
  { says: "WrongAccount", before: (_, tab) => tab.credentials.set(grace), change: creates("New") },
  { says: "InProgress", before: always(Fault.hang()), change: creates("New") }
]

type Door = "Effect" | "Promise"

const said = (door: Door, { before, change, options }: Case) =>
  inWorld("both doors", (world) =>
    Effect.gen(function* () {
      const acme = yield* world.toggl.edit.createClient(workspaceId, { name: "Acme" })
      const tab = yield* opened(world, options)
      const id = (yield* tab.clients.list(workspaceId))[0]?.id
      if (id === undefined) return assert.fail("no client")
      const { toggl } = yield* over(tab)
      yield* before(world, tab, Client.ClientId.make(acme.id))
      yield* world.passes("1 second")
      const now = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
      const told =
        door === "Effect"
          ? Effect.map(Effect.either(change.effect(tab, id)), (ended) =>
              Either.match(ended, { onLeft: ofError, onRight: (receipt) => ofReceipt(receipt, now) })
            )
          : Effect.map(
              Effect.promise(() => heard(change.promise(toggl, id))),
              (ended) => (ended._tag === "Resolved" ? ofReceipt(ended.value, now) : ofError(ended.error))
            )
      const ended = yield* world.within("1 minute", told)
      return ended._tag === "Some" ? yield* ended.value : assert.fail("it hangs")
    })
  )

describe("both doors", () => {
  for (const each of cases) {
    it.scoped(`say the same: ${each.says}`, () =>
      Effect.gen(function* () {
        const [tag, detail] = yield* said("Effect", each)
        assert.strictEqual(tag, each.says, String(detail))
        assert.deepStrictEqual(yield* said("Promise", each), [tag, detail])
      })
    )
  }
})
