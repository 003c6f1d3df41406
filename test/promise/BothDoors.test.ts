import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Client, ClientError, type Clients, Credentials, Entry, type Status } from "../../src/index.js"
import {
  describe as describePlain,
  type Receipt as PlainReceipt,
  type TogglClients,
  type WaitingFor
} from "../../src/doors/promise.js"
import { version } from "../../src/log/entry.js"
import { Fault } from "../../src/testing/index.js"
import { create, full, isChange, isCreate, isGet, limited, offline, online, opened, says } from "../Requests.js"
import { grace, inWorld, type Tab, type TabOptions, type World } from "../World.js"
import { heard, over, workspaceId } from "./Plain.js"

// The door without Effect is thin: whatever is asked, both doors say the same. What can be said, the types list: whatever the
// library can say from now on needs its case here.

/** What a caller hears, as far as both doors say it in the same words. */
type Said = readonly [tag: string, detail: unknown]

/** A receipt, what an entry waits for, or what else is given. */
type Told = PlainReceipt<unknown> | WaitingFor | undefined

const ofError = (error: unknown): Said =>
  ClientError.isClientError(error) ? [error._tag, JSON.stringify(error)] : ["no error of ours", String(error)]

const ofTold = (told: Told, now: number): Said => {
  if (told === undefined) return ["nothing", undefined]
  if (told._tag === "Confirmed") return [told._tag, JSON.stringify(told)]
  const reason = told._tag === "Queued" ? told.reason : told
  return [reason._tag, JSON.stringify([told, describePlain(reason, now)])]
}

/** One question, by both doors. */
interface Question {
  readonly effect: (tab: Tab, id: Client.AnyClientId) => Effect.Effect<Told, ClientError.ClientError>
  readonly promise: (toggl: TogglClients, id: number) => Promise<Told>
}

/** One whose answer is of no account. */
const asks = (
  effect: (tab: Tab) => Effect.Effect<unknown, ClientError.ClientError>,
  promise: (toggl: TogglClients) => Promise<unknown>
): Question => ({
  effect: (tab) => Effect.as(effect(tab), undefined),
  promise: (toggl) => promise(toggl).then(() => undefined)
})

const creates = (name: string): Question => ({
  effect: ({ clients }) => clients.create(workspaceId, { name }),
  promise: (toggl) => toggl.create(workspaceId, { name })
})
const renames = (name: string): Question => ({
  effect: ({ clients }, id) => clients.update(workspaceId, id, { name }),
  promise: (toggl, id) => toggl.update(workspaceId, id, { name })
})
const archives: Question = {
  effect: ({ clients }, id) => clients.archive(workspaceId, id),
  promise: (toggl, id) => toggl.archive(workspaceId, id)
}
const deletes: Question = {
  effect: ({ clients }, id) => clients.delete(workspaceId, id),
  promise: (toggl, id) => toggl.delete(workspaceId, id)
}

/** How the first entry stands. */
const looks: Question = {
  effect: ({ outbox }) =>
    Effect.flatMap(outbox.entries, ([first]) =>
      first?.refused === undefined ? Effect.succeed(first?.reason) : Effect.fail(first.refused)
    ),
  promise: (toggl) =>
    toggl.readEntries().then(([first]) => {
      if (first?.refused !== undefined) throw first.refused
      return first?.reason
    })
}

// what the types forbid comes from plain JavaScript
const wrongStatus: Readonly<Record<string, unknown>> = { status: "gone" }

const lists = (options: { readonly status?: "active" } = {}): Question =>
  asks(
    ({ clients }) => clients.list(workspaceId, { ...options, freshness: "Toggl" }),
    (toggl) => toggl.list(workspaceId, { ...options, freshness: "Toggl" })
  )

const signsIn = (credentials: Credentials.Credentials): Question =>
  asks(
    ({ outbox }) => outbox.signIn(credentials),
    (toggl) => toggl.signIn(credentials)
  )

const elsewhere = Client.WorkspaceId.make(7)
const noEntry = Entry.EntryId.make("5f1c7c0e-8f0b-4c55-9d0e-0d2f3c1b7a10")
const noOther = { account: "nobody", baseUrl: "https://api.track.toggl.com" }

/** What came before, and the question. */
interface Case {
  readonly before: (world: World, tab: Tab, id: Client.ClientId) => Effect.Effect<unknown, unknown>
  readonly asked: Question
  readonly options?: () => TabOptions
}

const nothing = () => Effect.void
const always =
  (fault: Fault.Fault, when: typeof isChange = isChange) =>
  (world: World) =>
    world.toggl.inject(fault, { when, times: "always" })

const setFault = (works: ReadonlyArray<string>, error: ClientError.StorageError) => (_: World, tab: Tab) =>
  tab.setStorageFault((operation) => (works.includes(operation) ? undefined : error))

/** The app's source of credentials can tell them at first, and not any more then. */
const cannotTell = (asked: Question): Case => {
  let isAble = true
  return {
    options: () => {
      isAble = true
      return {
        source: (source) => ({
          ...source,
          get: Effect.suspend(() => (isAble ? source.get : Effect.fail(new ClientError.CredentialsUnavailable({}))))
        })
      }
    },
    before: () =>
      Effect.sync(() => {
        isAble = false
      }),
    asked
  }
}

/** What a change ends with, is refused for, or waits for. */
type Heard = "Confirmed" | Clients.MutationError["_tag"] | Status.WaitingFor["_tag"]

const changes: { readonly [Tag in Heard]: ReadonlyArray<Case> } = {
  Confirmed: [
    { before: nothing, asked: creates("New") },
    { before: nothing, asked: archives },
    { before: nothing, asked: deletes }
  ],
  InvalidName: [
    { before: nothing, asked: creates("Acme") },
    { before: nothing, asked: creates(" ") }
  ],
  BadRequest: [{ before: always(Fault.refusal(400, "no")), asked: creates("New") }],
  Forbidden: [{ before: always(Fault.refusal(403, "no")), asked: creates("New") }],
  PlanRequired: [{ before: always(Fault.refusal(402, "upgrade")), asked: archives }],
  Gone: [{ before: always(Fault.refusal(410, "gone")), asked: creates("New") }],
  NotFound: [{ before: (world, _, id) => world.toggl.edit.deleteClient(workspaceId, id), asked: renames("New") }],
  Conflict: [
    {
      before: (world, _, id) => world.toggl.edit.updateClient(workspaceId, id, { name: "Theirs" }),
      asked: renames("Mine"),
      options: () => ({ conflicts: "CheckFirst" })
    }
  ],
  Undecided: [
    {
      before: (world, tab) =>
        Effect.gen(function* () {
          yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
          yield* create(tab, "Lost", "net 30")
          const made = (yield* world.toggl.clients(workspaceId)).find(({ name }) => name === "Lost")
          yield* world.toggl.edit.updateClient(workspaceId, made?.id ?? 0, { notes: "theirs" })
          yield* world.passes("5 minutes")
        }),
      asked: looks
    }
  ],
  Discarded: [
    {
      // while its caller waits
      before: (world, { outbox }) =>
        Effect.gen(function* () {
          yield* always(Fault.hang())(world)
          yield* outbox.watchEntries.pipe(
            Stream.filterMap(([first]) => Option.fromNullable(first?.id)),
            Stream.take(1),
            Stream.runForEach(outbox.discard),
            Effect.forkDaemon
          )
        }),
      asked: creates("New")
    }
  ],
  NotSaved: [
    {
      before: setFault([], new ClientError.StorageError({ reason: "Stalled", detail: "it does not answer" })),
      asked: creates("New")
    }
  ],
  Offline: [{ before: (world, tab) => offline(world, tab), asked: creates("New") }],
  BackingOff: [{ before: always(Fault.proxyError({ status: 503 })), asked: creates("New") }],
  RateLimited: [{ before: always(limited("60")), asked: creates("New") }],
  Quota: [
    {
      before: always(Fault.respond({ status: 402, body: "Quota exceeded. It resets in 61s." })),
      asked: creates("New")
    }
  ],
  CredentialsUnavailable: [cannotTell(creates("New"))],
  Behind: [
    {
      before: (world, tab) =>
        Effect.gen(function* () {
          yield* world.toggl.inject(Fault.hang(), { when: isChange, times: "always" })
          yield* Effect.forkDaemon(create(tab, "First"))
          yield* world.rests
        }),
      asked: creates("New")
    }
  ],
  LookingUp: [
    {
      // the one before it has lost its answer, and both wait for what became of that
      before: (world, tab) =>
        Effect.gen(function* () {
          yield* world.toggl.inject(Fault.loseAnswer, { when: isChange, times: "always" })
          yield* create(tab, "First")
          yield* world.passes("5 seconds")
        }),
      asked: creates("New")
    }
  ],
  Held: [
    {
      before: (world, tab, id) =>
        Effect.gen(function* () {
          yield* world.toggl.inject(Fault.refusal(403, "no"), { when: isChange, times: "always" })
          yield* offline(world, tab)
          yield* tab.clients.update(workspaceId, id, { name: "Refused" })
          yield* online(world, tab)
          yield* world.passes("5 minutes")
        }),
      asked: renames("New")
    }
  ],
  SetAside: [
    {
      before: (world, tab) =>
        Effect.gen(function* () {
          yield* world.toggl.inject(Fault.proxyError({ status: 503 }), {
            when: (request) => isChange(request) && says(request, "Poison"),
            times: "always"
          })
          yield* create(tab, "Poison")
          yield* create(tab, "Free")
          yield* world.passes("1 day")
        }),
      asked: looks
    }
  ],
  ByUser: [{ before: (_, tab) => tab.outbox.pause, asked: creates("New") }],
  SignInNeeded: [{ before: (_, tab) => tab.outbox.signOut, asked: creates("New") }],
  WrongAccount: [{ before: (_, tab) => tab.credentials.set(grace), asked: creates("New") }],
  NewerVersion: [
    {
      before: (world, tab) =>
        Effect.gen(function* () {
          yield* offline(world, tab)
          yield* create(tab, "First")
          const [first] = yield* tab.outbox.entries
          yield* world.changeRow(first?.seq ?? 0, () => ({ version: version + 1, what: "is not known here" }))
          // which reads all
          yield* tab.outbox.exportEntries({})
          yield* online(world, tab)
        }),
      asked: creates("New")
    }
  ],
  InProgress: [{ before: always(Fault.hang()), asked: creates("New") }],
  StorageLost: [{ before: setFault(["accept", "load"], full), asked: creates("New") }]
}

/** What else anything can fail with. */
type Failure = Exclude<ClientError.ClientError["_tag"], Clients.MutationError["_tag"]>

const others: { readonly [Tag in Failure]: ReadonlyArray<Case> } = {
  InvalidStatus: [{ before: nothing, asked: lists(Object.assign({}, wrongStatus)) }],
  Unauthorized: [
    { before: (_, tab) => tab.outbox.signOut, asked: lists() },
    { before: nothing, asked: signsIn(Credentials.token("00000000000000000000000000000000")) }
  ],
  CredentialsUnavailable: [cannotTell(lists())],
  QuotaExceeded: [
    { before: always(Fault.respond({ status: 402, body: "Quota exceeded. It resets in 61s." }), isGet), asked: lists() }
  ],
  RateLimited: [{ before: always(limited("60"), isGet), asked: lists() }],
  ServerError: [{ before: always(Fault.proxyError({ status: 503 }), isGet), asked: lists() }],
  Unreachable: [{ before: (world, tab) => offline(world, tab), asked: lists() }],
  RedirectedElsewhere: [{ before: always(Fault.redirect("https://wifi.example/"), isGet), asked: lists() }],
  UnexpectedAnswer: [{ before: always(Fault.captivePortal, isGet), asked: lists() }],
  StorageError: [
    {
      before: setFault([], full),
      asked: asks(
        ({ outbox }) => outbox.pause,
        (toggl) => toggl.pause()
      )
    }
  ],
  NoLocalCopy: [
    {
      before: nothing,
      asked: asks(
        ({ clients }) => clients.list(elsewhere, { freshness: "Local" }),
        (toggl) => toggl.list(elsewhere, { freshness: "Local" })
      )
    }
  ],
  InvalidConfiguration: [
    {
      before: nothing,
      asked: signsIn(grace),
      options: () => ({ source: ({ changes, get }) => ({ changes, get }) })
    }
  ],
  EntryNotFound: [
    {
      before: nothing,
      asked: asks(
        ({ outbox }) => outbox.discard(noEntry),
        (toggl) => toggl.discard(noEntry)
      )
    }
  ],
  InvalidImport: [
    {
      before: nothing,
      asked: asks(
        ({ outbox }) => outbox.importEntries("{}"),
        (toggl) => toggl.importEntries("{}")
      )
    }
  ],
  NotTakenOver: [
    {
      before: nothing,
      asked: asks(
        ({ outbox }) => outbox.takeOver(noOther),
        (toggl) => toggl.takeOver(noOther)
      )
    }
  ],
  WrongAccount: [{ before: nothing, asked: signsIn(grace) }]
}

type Door = "Effect" | "Promise"

const said = (door: Door, { asked, before, options }: Case) =>
  inWorld("both doors", (world) =>
    Effect.gen(function* () {
      const acme = yield* world.toggl.edit.createClient(workspaceId, { name: "Acme" })
      const tab = yield* opened(world, options?.())
      const id = (yield* tab.clients.list(workspaceId))[0]?.id
      if (id === undefined) return assert.fail("no client")
      const { toggl } = yield* over(tab)
      yield* before(world, tab, Client.ClientId.make(acme.id))
      yield* world.passes("1 second")
      const now = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
      const told =
        door === "Effect"
          ? Effect.map(Effect.either(asked.effect(tab, id)), (ended) =>
              Either.match(ended, { onLeft: ofError, onRight: (told) => ofTold(told, now) })
            )
          : Effect.map(
              Effect.promise(() => heard(asked.promise(toggl, id))),
              (ended) => (ended._tag === "Resolved" ? ofTold(ended.value, now) : ofError(ended.error))
            )
      const ended = yield* world.within("1 minute", told)
      return ended._tag === "Some" ? yield* ended.value : assert.fail("it hangs")
    })
  )

const cases = [...Object.entries(changes), ...Object.entries(others)].flatMap(([says, cases]) =>
  cases.map((each, index) => [says, index === 0 ? "" : ` (${index + 1})`, each] as const)
)

describe("both doors", () => {
  for (const [says, which, each] of cases) {
    it.scoped(`say the same: ${says}${which}`, () =>
      Effect.gen(function* () {
        const [tag, detail] = yield* said("Effect", each)
        assert.strictEqual(tag, says, String(detail))
        assert.deepStrictEqual(yield* said("Promise", each), [tag, detail])
      })
    )
  }
})
