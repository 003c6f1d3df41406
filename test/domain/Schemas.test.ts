import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { Client, ClientError, Entry, Mutation, Outbox, Receipt, Status, View } from "../../src/index.js"

// What users receive crosses to another process as JSON and back: an Rpc, Electron's IPC. The types are those of the library on
// both sides: the compiler holds each sample against the one, and each that comes back against the other.

/** To JSON and back. */
const crossed = <A, I>(schema: Schema.Schema<A, I>, value: A): A =>
  Schema.decodeUnknownSync(schema)(JSON.parse(JSON.stringify(Schema.encodeSync(schema)(value))))

const workspaceId = Client.WorkspaceId.make(2230580)
const clientId = Client.ClientId.make(64890399)
const localId = Client.LocalClientId.make(-7)
const entryId = Entry.EntryId.make("0b9a3c62-2f0e-4c1b-9a8a-1f2e3d4c5b6a")
const offline = new ClientError.Unreachable({ operation: "create", workspaceId, reason: "Offline" })
const full = new ClientError.StorageError({ reason: "Full", detail: "QuotaExceededError" })

const reasons: ReadonlyArray<Status.WaitingFor> = [
  { _tag: "Offline", until: 1, error: offline },
  { _tag: "BackingOff", until: 1, cause: "RangeError" },
  { _tag: "RateLimited", until: 1 },
  { _tag: "Quota", until: 1 },
  { _tag: "CredentialsUnavailable", until: 1, error: new ClientError.CredentialsUnavailable({}) },
  { _tag: "LookingUp", until: 1, error: full },
  { _tag: "SetAside", until: 1 },
  { _tag: "SignInNeeded" },
  { _tag: "WrongAccount" },
  { _tag: "ByUser" },
  { _tag: "Behind", count: 2 },
  { _tag: "Held", by: entryId },
  { _tag: "Held", by: undefined },
  { _tag: "NewerVersion" },
  { _tag: "InProgress" },
  { _tag: "StorageLost", error: full }
]

const view: View.ClientView = {
  id: localId,
  key: "-7",
  pending: true,
  workspaceId,
  name: "Acme",
  archived: false,
  notes: "net 30",
  at: 1_700_000_000_000,
  creatorId: 3,
  permissions: ["admin"],
  integrationExtId: "x"
}

const client: Client.Client = {
  id: clientId,
  workspaceId,
  name: "Acme",
  archived: false,
  notes: "",
  at: 1_700_000_000_000,
  permissions: []
}

const status: Status.Status = {
  queue: { _tag: "Idle" },
  waiting: 1,
  since: undefined,
  held: 0,
  setAside: 0,
  refused: 0,
  unreadable: 0,
  lost: 0,
  proxySuspected: false,
  quota: [
    { workspaceId, remaining: 3, resetsAt: undefined },
    { workspaceId, remaining: 3, resetsAt: 5 }
  ],
  persisted: true
}

const queues: ReadonlyArray<Status.Queue> = [
  { _tag: "Idle" },
  { _tag: "Replaying", done: 1, total: 2 },
  ...reasons.map((reason) => ({ _tag: "Waiting", for: reason }) as const),
  { _tag: "Paused", reason: "ByUser" },
  { _tag: "StorageLost", error: full }
]

const entry: Outbox.EntryView = {
  id: entryId,
  seq: 4,
  mutation: Mutation.Update.make({ workspaceId, clientId: localId, change: { name: "Acme Ltd" } }),
  clientId: localId,
  nameBefore: "Acme",
  nameAfter: "Acme Ltd",
  acceptedAt: 1,
  attempts: 2,
  state: "Waiting",
  reason: { _tag: "InProgress" },
  refused: undefined,
  dependents: [entryId],
  row: undefined
}

describe("what users receive", () => {
  it("crosses as a reason", () => {
    for (const reason of reasons) {
      const back: Status.WaitingFor = crossed(Status.WaitingFor, reason)
      assert.deepStrictEqual(back, reason)
      assert.strictEqual(Status.describe(back, 0), Status.describe(reason, 0))
    }
  })

  it("crosses as a status", () => {
    for (const queue of queues) {
      const back: Status.Status = crossed(Status.Status, { ...status, queue })
      assert.deepStrictEqual(back, { ...status, queue })
    }
  })

  it("crosses as a view", () => {
    const idle: View.View = {
      clients: [view],
      source: "Local",
      fetchedAt: undefined,
      leftOut: 1,
      refresh: { _tag: "Idle" }
    }
    for (const shown of [
      idle,
      { ...idle, source: "Toggl", fetchedAt: 7, refresh: { _tag: "Running" } },
      { ...idle, refresh: { _tag: "Failed", error: offline } },
      { ...idle, refresh: { _tag: "Failed", error: full } }
    ] as const) {
      const back: View.View = crossed(View.View, shown)
      assert.deepStrictEqual(back, shown)
    }
  })

  it("crosses as a receipt, whatever the answer is", () => {
    const queued: Receipt.Receipt<Client.Client> = {
      _tag: "Queued",
      entryId,
      id: localId,
      client: view,
      reason: { _tag: "Behind", count: 1 }
    }
    const confirmed: Receipt.Receipt<Client.Client> = {
      _tag: "Confirmed",
      entryId: undefined,
      id: clientId,
      value: client
    }
    for (const receipt of [queued, confirmed]) {
      const back: Receipt.Receipt<Client.Client> = crossed(Receipt.Receipt(Client.Client), receipt)
      assert.deepStrictEqual(back, receipt)
    }
    const deleted: Receipt.Receipt<void> = { _tag: "Confirmed", entryId, id: clientId, value: undefined }
    assert.deepStrictEqual(crossed(Receipt.Receipt(Schema.Void), deleted), deleted)
    const archived = Receipt.Receipt(Schema.UndefinedOr(Schema.Array(Client.ProjectId)))
    for (const value of [undefined, [Client.ProjectId.make(1)]]) {
      const receipt = { _tag: "Confirmed", entryId, id: clientId, value } as const
      assert.deepStrictEqual(crossed(archived, receipt), receipt)
    }
  })

  it("crosses as an entry", () => {
    const refused = new ClientError.InvalidName({ reason: "Taken", name: "Acme" })
    const unreadable = { ...entry, id: undefined, mutation: undefined, clientId: undefined, acceptedAt: undefined }
    for (const shown of [
      entry,
      { ...entry, state: "Refused", reason: undefined, refused },
      { ...unreadable, state: "Unreadable", reason: undefined, row: { version: 9 } }
    ] as const) {
      const back: Outbox.EntryView = crossed(Outbox.EntryView, shown)
      assert.deepStrictEqual(back, shown)
    }
  })

  it("crosses as an outcome", () => {
    const outcomes: ReadonlyArray<Outbox.Outcome> = [
      { _tag: "Done", clientId, client },
      { _tag: "Done", projects: [Client.ProjectId.make(1)] },
      { _tag: "Refused", error: new ClientError.NotFound({ workspaceId }) },
      { _tag: "Discarded", mayHaveBeenApplied: true },
      { _tag: "Moved", mayHaveBeenApplied: false },
      { _tag: "Waiting", reason: { _tag: "Offline", until: 3 } },
      { _tag: "Standing", error: new ClientError.Undecided({ reason: "two have the name", found: [client] }) },
      { _tag: "Unknown" }
    ]
    for (const outcome of outcomes) {
      const back: Outbox.Outcome = crossed(Outbox.Outcome, outcome)
      assert.deepStrictEqual(back, outcome)
    }
  })
})
