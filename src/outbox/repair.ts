import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { checkName, UpdateInput } from "../Client.js"
import { BadRequest, EntryNotFound, InvalidImport, InvalidName, StorageError } from "../ClientError.js"
import type * as Credentials from "../Credentials.js"
import type { EntryId } from "../Entry.js"
import { type Entry, Row, version } from "../log/entry.js"
import { raised } from "../log/state.js"
import type * as Mutation from "../Mutation.js"
import type * as Outbox from "./service.js"
import type * as OutboxStore from "../OutboxStore.js"
import type { Local } from "../instance/decide.js"
import type { Mirror } from "../instance/mirror.js"
import type { WakeUp } from "../replay/loop.js"

export interface Dependencies {
  readonly account: string
  readonly baseUrl: string
  readonly maxNameBytes: number
  readonly store: OutboxStore.Service
  readonly credentials: Credentials.Service
  readonly mirror: Mirror
  readonly local: Local
  readonly wake: (reason: WakeUp) => Effect.Effect<void>
}

// What is sent again elsewhere starts its life anew, but what may have been applied stays uncertain.
const File = Schema.parseJson(
  Schema.Struct({
    format: Schema.Literal("effect-toggl-clients/outbox"),
    version: Schema.Literal(version),
    account: Schema.String,
    baseUrl: Schema.String,
    exportedAt: Schema.Finite,
    entries: Schema.Array(Row),
    unreadable: Schema.Array(Schema.Unknown)
  })
)

const isEdit = Schema.is(UpdateInput)

const decodeFile = Schema.decodeUnknown(File)
const encodeFile = Schema.encode(File)

const edited =
  (edit: Outbox.Edit) =>
  (mutation: Mutation.Mutation): Mutation.Mutation => {
    if (edit.name === undefined && edit.notes === undefined) return mutation
    if (mutation._tag === "Create") return { ...mutation, ...edit }
    return mutation._tag === "Update" ? { ...mutation, change: { ...mutation.change, ...edit } } : mutation
  }

// Saying what is wrong walks through the file, which may be nested deeper than the stack.
const problemOf = (error: ParseResult.ParseError): string =>
  Either.getOrElse(
    Either.try(() => ParseResult.TreeFormatter.formatErrorSync(error).slice(0, 300)),
    () => "nested too deeply"
  )

/** The row, or a text where JSON cannot hold it. */
const writable = (row: unknown): unknown =>
  Either.getOrElse(
    Either.try((): unknown => {
      JSON.stringify([row])
      return row
    }),
    () => String(row)
  )

export interface Repairing {
  readonly credentialsChanged: Effect.Effect<void>
  readonly service: Pick<
    Outbox.Service,
    "retry" | "discard" | "exportEntries" | "importEntries" | "pause" | "resume" | "replayNow" | "signOut" | "purge"
  >
}

export const make = (deps: Dependencies): Repairing => {
  const { account, baseUrl, credentials, local, maxNameBytes, mirror, store, wake } = deps
  const reread: Effect.Effect<void, StorageError> = Effect.zipRight(mirror.distrust, mirror.sync)

  // A step may have been made whose caller is gone before this tab has seen it.
  const noticed = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.onError(effect, () => Effect.zipRight(mirror.distrust, wake("Entry")))

  const seqOf = (id: EntryId) =>
    Effect.gen(function* () {
      yield* reread
      const entry = mirror.byId(id)
      if (entry !== undefined) return entry.seq
      const isDone = (mirror.outcome(id) ?? (yield* store.outcome(id))) !== undefined
      return yield* new EntryNotFound({ entryId: id, reason: isDone ? "Done" : "Unknown" })
    })

  const resume = Effect.gen(function* () {
    const state = yield* store.changeState((state) => {
      if (state.paused === undefined) return state
      const { paused: _, ...rest } = state
      return rest
    })
    yield* mirror.setState(state)
    yield* wake("User")
  }).pipe(noticed)

  const retry = Effect.fn("Outbox.retry")(function* (id: EntryId, edit: Outbox.Edit = {}) {
    // What the types forbid may still come from plain JavaScript.
    if (!isEdit(edit)) return yield* new BadRequest({ text: "an edit takes a name, notes or both, as text" })
    const name = edit.name === undefined ? Either.right(undefined) : checkName(edit.name, maxNameBytes)
    if (Either.isLeft(name)) {
      const { reason } = name.left
      const limit = "limit" in name.left ? { limit: name.left.limit } : {}
      return yield* new InvalidName({ reason, name: edit.name ?? "", ...limit })
    }
    const change = {
      ...(name.right === undefined ? {} : { name: name.right }),
      ...(edit.notes === undefined ? {} : { notes: edit.notes })
    }
    const repaired = yield* store.retry(yield* seqOf(id), edited(change))
    if (repaired !== "Repaired") return yield* new EntryNotFound({ entryId: id, reason: repaired })
    yield* reread
    yield* wake("Entry")
  }, noticed)

  const discard = Effect.fn("Outbox.discard")(function* (which: EntryId | { readonly seq: number }) {
    const seq = typeof which === "string" ? yield* seqOf(which) : which.seq
    const entryId = typeof which === "string" ? which : `number ${seq}`
    const discarded = yield* store.discard(seq, yield* Clock.currentTimeMillis)
    if (typeof discarded === "string") return yield* new EntryNotFound({ entryId, reason: discarded })
    yield* reread
    yield* wake("Entry")
    return discarded.entries.map((entry) => entry.id)
  }, noticed)

  // On another device only Toggl's id says which client it is.
  const abroad = ({ mutation, ...entry }: Entry): Entry => {
    if (mutation._tag === "Create") return { ...entry, mutation }
    const clientId = mirror.resolve(mutation.clientId) ?? mutation.clientId
    return { ...entry, mutation: { ...mutation, clientId } }
  }

  return {
    // A pause that the user made stays; what the old credentials caused is over, unless there are none now.
    credentialsChanged: Effect.gen(function* () {
      local.verified(undefined)
      local.credentialsChanges++
      if (Option.isNone(yield* credentials.get)) return
      const state = yield* store.changeState((state) => {
        if (state.paused === undefined || state.paused === "ByUser") return state
        const { paused: _, ...rest } = state
        return rest
      })
      yield* mirror.setState(state)
    }).pipe(Effect.ignore, Effect.zipRight(wake("User"))),
    service: {
      retry,
      discard,
      exportEntries: Effect.gen(function* () {
        yield* reread
        const json = yield* encodeFile({
          format: "effect-toggl-clients/outbox",
          version,
          account,
          baseUrl,
          exportedAt: yield* Clock.currentTimeMillis,
          entries: Array.from(mirror.entries.values(), abroad),
          unreadable: mirror.unreadable.map(({ row, seq }) => ({ seq, row: writable(row) }))
        }).pipe(
          Effect.mapError(() => new StorageError({ reason: "Failed", detail: "the log cannot be written as JSON" }))
        )
        return json
      }).pipe(Effect.withSpan("Outbox.exportEntries")),
      importEntries: Effect.fn("Outbox.importEntries")(function* (json: string) {
        const file = yield* decodeFile(json).pipe(
          Effect.mapError(
            (error) =>
              new InvalidImport({
                reason: "Garbled",
                detail: problemOf(error)
              })
          )
        )
        if (file.account !== account || file.baseUrl !== baseUrl) {
          return yield* new InvalidImport({ reason: "Account", detail: `${file.account} at ${file.baseUrl}` })
        }
        const added = yield* store.importRows(file.entries)
        yield* reread
        yield* wake("Entry")
        return added.length
      }, noticed),
      pause: noticed(
        Effect.flatMap(
          store.changeState((state) => (state.paused === undefined ? { ...state, paused: "ByUser" } : state)),
          mirror.setState
        )
      ),
      resume,
      replayNow: wake("User"),
      signOut: noticed(
        Effect.flatMap(
          store.changeState((state) => raised(state, "SignInNeeded")),
          mirror.setState
        )
      ),
      purge: noticed(Effect.zipRight(store.purge, Effect.ignore(reread)))
    }
  }
}
