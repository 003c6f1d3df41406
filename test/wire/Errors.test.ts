import * as HttpApiError from "@effect/platform/HttpApiError"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Client from "../../src/Client.js"
import * as ClientError from "../../src/ClientError.js"

const workspaceId = Client.WorkspaceId.make(2230580)
const clientId = Client.ClientId.make(64890399)
const asked = { operation: "update", workspaceId, clientId } as const
const answered = { ...asked, requestId: "req-1", ray: "8f1d-FRA", text: "Some words" }

const acme = Schema.decodeUnknownSync(Client.Client)({
  id: 64890399,
  wid: 2230580,
  name: "Acme",
  at: "2024-03-17T10:55:38+00:00"
})
const storage = new ClientError.StorageError({ reason: "Full", detail: "QuotaExceededError" })
const offline = new ClientError.Unreachable({ ...asked, reason: "Offline" })

type Samples = {
  readonly [Tag in ClientError.ClientError["_tag"]]: ReadonlyArray<
    Extract<ClientError.ClientError, { readonly _tag: Tag }>
  >
}

// each error, with each of its reasons, full and bare
const samples: Samples = {
  NotFound: [new ClientError.NotFound(answered), new ClientError.NotFound({})],
  Forbidden: [new ClientError.Forbidden(answered), new ClientError.Forbidden({})],
  InvalidName: [
    new ClientError.InvalidName({ ...answered, reason: "Empty", name: " " }),
    new ClientError.InvalidName({ ...answered, reason: "TooLong", name: "Acme", limit: 3 }),
    new ClientError.InvalidName({ reason: "TooLong", name: "Acme" }),
    new ClientError.InvalidName({ reason: "Taken", name: "Acme" }),
    new ClientError.InvalidName({ reason: "IllFormed", name: "Acme" })
  ],
  InvalidStatus: [new ClientError.InvalidStatus({ ...answered, status: "gone" })],
  BadRequest: [
    new ClientError.BadRequest({ ...answered, status: 422 }),
    new ClientError.BadRequest({ ...asked, text: "it has no body" }),
    new ClientError.BadRequest({})
  ],
  Unauthorized: [
    new ClientError.Unauthorized({ ...answered, reason: "Refused", remainingAttempts: 2 }),
    ...(["Missing", "SignedOut", "WrongAccount"] as const).map((reason) => new ClientError.Unauthorized({ reason }))
  ],
  CredentialsUnavailable: [new ClientError.CredentialsUnavailable(asked), new ClientError.CredentialsUnavailable({})],
  PlanRequired: [new ClientError.PlanRequired(answered), new ClientError.PlanRequired({})],
  QuotaExceeded: [
    new ClientError.QuotaExceeded({ ...answered, retryAfter: 90_500 }),
    new ClientError.QuotaExceeded({})
  ],
  RateLimited: [new ClientError.RateLimited({ ...answered, retryAfter: 0 }), new ClientError.RateLimited({})],
  Gone: [new ClientError.Gone(answered), new ClientError.Gone({})],
  ServerError: [
    new ClientError.ServerError({ ...answered, status: 503, retryAfter: 1000 }),
    new ClientError.ServerError({ status: 500 })
  ],
  Unreachable: [
    offline,
    new ClientError.Unreachable({ reason: "TimedOut" }),
    new ClientError.Unreachable({ reason: "SuspectedCors" }),
    new ClientError.Unreachable({ reason: "Failed" }),
    new ClientError.Unreachable({ reason: "Threw" }),
    new ClientError.Unreachable({ ...asked, reason: "Threw", detail: "RangeError" })
  ],
  RedirectedElsewhere: [
    new ClientError.RedirectedElsewhere({ ...answered, status: 302 }),
    new ClientError.RedirectedElsewhere({ status: 0 })
  ],
  UnexpectedAnswer: [
    new ClientError.UnexpectedAnswer({ ...answered, status: 200, reason: "Html" }),
    new ClientError.UnexpectedAnswer({ status: 200, reason: "NotJson" }),
    new ClientError.UnexpectedAnswer({ status: 200, reason: "Shape" }),
    new ClientError.UnexpectedAnswer({ status: 100, reason: "Status" }),
    ...(["OtherClient", "TooLarge", "TooDeep", "Cached"] as const).map(
      (reason) => new ClientError.UnexpectedAnswer({ status: 200, reason })
    )
  ],
  Undecided: [new ClientError.Undecided({ ...asked, reason: "two clients have the name", found: [acme] })],
  Conflict: [new ClientError.Conflict({ ...asked, base: acme, mine: { name: "A", notes: "" }, theirs: acme })],
  StorageError: (["Missing", "Denied", "Full", "Closed", "Stalled", "Newer", "Failed"] as const).map(
    (reason) => new ClientError.StorageError({ reason, detail: "UnknownError" })
  ),
  NotSaved: [
    new ClientError.NotSaved({ ...asked, storage, attempt: offline, mayHaveBeenApplied: true }),
    new ClientError.NotSaved({ storage, mayHaveBeenApplied: false })
  ],
  NoLocalCopy: [new ClientError.NoLocalCopy({ ...asked, cause: offline }), new ClientError.NoLocalCopy({})],
  InvalidConfiguration: [new ClientError.InvalidConfiguration({ setting: "baseUrl", problem: "use https" })],
  EntryNotFound: (["Unknown", "Done", "BeingSent", "NotRefused", "Unreadable"] as const).map(
    (reason) => new ClientError.EntryNotFound({ entryId: "0b9a", reason })
  ),
  Discarded: [true, false].map((mayHaveBeenApplied) => new ClientError.Discarded({ ...asked, mayHaveBeenApplied })),
  NotTakenOver: [
    new ClientError.NotTakenOver({ reason: "Missing" }),
    new ClientError.NotTakenOver({ reason: "OtherUser" }),
    new ClientError.NotTakenOver({ reason: "InUse" })
  ],
  InvalidImport: [
    new ClientError.InvalidImport({ reason: "Garbled", detail: "line 3 is no entry" }),
    new ClientError.InvalidImport({ reason: "Newer", detail: "version 9 wrote it, and 3 is read here" }),
    new ClientError.InvalidImport({ reason: "Account", detail: "ada" })
  ],
  WrongAccount: [new ClientError.WrongAccount({ userId: 2166261 }), new ClientError.WrongAccount({})]
}

const all: ReadonlyArray<ClientError.ClientError> = Object.values(samples).flat()

const AnyError = Schema.Union(
  ClientError.Refusal,
  ClientError.TransportError,
  ClientError.InvalidStatus,
  ClientError.StorageError,
  ClientError.NotSaved,
  ClientError.NoLocalCopy,
  ClientError.InvalidConfiguration,
  ClientError.EntryNotFound,
  ClientError.Discarded,
  ClientError.InvalidImport,
  ClientError.NotTakenOver,
  ClientError.WrongAccount
)

// each error's own guard
const guards: { readonly [Tag in ClientError.ClientError["_tag"]]: (u: unknown) => boolean } = {
  NotFound: ClientError.isNotFound,
  Forbidden: ClientError.isForbidden,
  InvalidName: ClientError.isInvalidName,
  InvalidStatus: ClientError.isInvalidStatus,
  BadRequest: ClientError.isBadRequest,
  PlanRequired: ClientError.isPlanRequired,
  Gone: ClientError.isGone,
  Undecided: ClientError.isUndecided,
  Conflict: ClientError.isConflict,
  Discarded: ClientError.isDiscarded,
  Unauthorized: ClientError.isUnauthorized,
  CredentialsUnavailable: ClientError.isCredentialsUnavailable,
  QuotaExceeded: ClientError.isQuotaExceeded,
  RateLimited: ClientError.isRateLimited,
  ServerError: ClientError.isServerError,
  Unreachable: ClientError.isUnreachable,
  RedirectedElsewhere: ClientError.isRedirectedElsewhere,
  UnexpectedAnswer: ClientError.isUnexpectedAnswer,
  StorageError: ClientError.isStorageError,
  NotSaved: ClientError.isNotSaved,
  NoLocalCopy: ClientError.isNoLocalCopy,
  InvalidConfiguration: ClientError.isInvalidConfiguration,
  EntryNotFound: ClientError.isEntryNotFound,
  InvalidImport: ClientError.isInvalidImport,
  NotTakenOver: ClientError.isNotTakenOver,
  WrongAccount: ClientError.isWrongAccount
}

describe("every error", () => {
  it("can be stored as JSON and shown again, with its data, its class and its message", () => {
    for (const error of all) {
      const stored = JSON.stringify(Schema.encodeSync(AnyError)(error))
      const shown = Schema.decodeUnknownSync(AnyError)(JSON.parse(stored))
      assert.deepEqual(shown, error)
      assert.strictEqual(shown.constructor, error.constructor)
      assert.strictEqual(shown.message, error.message)
    }
  })

  it("has a message for people: whole sentences, with nothing left blank", () => {
    for (const error of all) {
      assert.match(error.message, /^[A-Za-z].*[.)]?$/s, error._tag)
      assert.isAbove(error.message.length, 10)
      assert.notMatch(error.message, /undefined|null|NaN|\[object|  /, error._tag)
    }
  })

  it("is an Error and a failure of an Effect, told from other libraries' by the guard", () => {
    for (const error of all) {
      assert.instanceOf(error, Error)
      assert.isTrue(ClientError.isClientError(error))
      assert.strictEqual(Effect.runSync(Effect.flip(Effect.fail(error))), error)
    }
    for (const other of [new HttpApiError.NotFound(), new HttpApiError.Forbidden(), new Error(), null, "NotFound"]) {
      assert.isFalse(ClientError.isClientError(other))
      for (const [tag, isIt] of Object.entries(guards)) assert.isFalse(isIt(other), tag)
    }
  })

  it("is told from all others by a guard of its own", () => {
    for (const error of all) {
      const told = Object.entries(guards).flatMap(([tag, isIt]) => (isIt(error) ? [tag] : []))
      assert.deepStrictEqual(told, [error._tag])
    }
  })
})

describe("the message", () => {
  const [notFound] = samples.NotFound
  const [quota] = samples.QuotaExceeded

  it("names the client and the workspace, what Toggl said, and Toggl's request id", () => {
    for (const part of ["client 64890399", "workspace 2230580", '"Some words"', "req-1", "8f1d-FRA"]) {
      assert.include(notFound?.message, part)
    }
  })

  it("names the time in whole seconds, never too early", () => {
    assert.include(quota?.message, "in 91 seconds")
    assert.include(new ClientError.RateLimited({}).message, "later")
  })

  it("of a wrong setting says which and what to set", () => {
    assert.strictEqual(samples.InvalidConfiguration[0]?.message, "baseUrl: use https")
  })

  it("of a change that was not saved says why, what was tried, and whether to look", () => {
    const [tried, untried] = samples.NotSaved
    for (const part of ["storage is full", "offline", "may have applied"]) assert.include(tried?.message, part)
    assert.notInclude(untried?.message, "may have applied")
  })
})
