// The user carries entries to another device, or keeps them, in a file.
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { InvalidImport, type StorageError } from "../ClientError.js"
import { readInTime, writtenInTime } from "../instance/inTime.js"
import type { Instance } from "../instance/instance.js"
import { abroad } from "../log/abroad.js"
import { type Entry, mayHaveBeenApplied } from "../log/entry.js"
import { goOn, noticed } from "./changed.js"
import * as file from "./file.js"
import type * as Outbox from "./service.js"

const longest = 60

const cut = (text: string): string => (text.length > longest ? `${text.slice(0, longest)}…` : text)

const originNow = ({ api, log, settings }: Instance): Effect.Effect<file.Origin> =>
  Effect.map(Clock.currentTimeMillis, (exportedAt) => ({
    account: settings.account,
    baseUrl: api.baseUrl,
    store: log.state.store,
    exportedAt
  }))

const copied = (instance: Instance): Effect.Effect<string, StorageError> =>
  Effect.gen(function* () {
    const { log, mirror } = instance
    yield* mirror.reread
    const rows = Array.from(log.entries.values(), (entry) => abroad(log.ids, entry))
    return yield* file.write(yield* originNow(instance), rows, log.unreadable)
  })

// The text is made in the transaction that takes them out: it holds exactly what that has read.
const taken = (instance: Instance): Effect.Effect<string, StorageError> =>
  Effect.gen(function* () {
    yield* instance.mirror.sync
    const origin = yield* originNow(instance)
    const { text } = yield* instance.transactions.take(origin.exportedAt, (rows) => file.write(origin, rows))
    yield* goOn(instance)
    return text
  })

const exportEntries = (
  instance: Instance,
  { take = false }: Outbox.ExportOptions = {}
): Effect.Effect<string, StorageError> =>
  (take ? taken(instance) : copied(instance)).pipe(Effect.withSpan("Outbox.exportEntries", { attributes: { take } }))

const movedOf = (entry: Entry): Outbox.MovedEntry => ({
  id: entry.id,
  mutation: entry.mutation,
  acceptedAt: entry.acceptedAt,
  mayHaveBeenApplied: mayHaveBeenApplied(entry)
})

/** A file of this account's at this base URL. */
const readFile = ({ api, settings }: Instance, json: string): Effect.Effect<file.File, InvalidImport> =>
  Effect.flatMap(file.read(json), (read) =>
    read.account === settings.account && read.baseUrl === api.baseUrl
      ? Effect.succeed(read)
      : Effect.fail(new InvalidImport({ reason: "Account", detail: `${cut(read.account)} at ${cut(read.baseUrl)}` }))
  )

const importEntries = Effect.fn("Outbox.importEntries")(function* (instance: Instance, json: string) {
  const { exported, rows } = yield* readFile(instance, json)
  const added = yield* instance.transactions.importRows(rows, exported)
  yield* goOn(instance)
  return added.length
})

const confirmExport = Effect.fn("Outbox.confirmExport")(function* (instance: Instance, json: string) {
  const { exported, rows } = yield* readFile(instance, json)
  return yield* instance.transactions.confirm(new Set(rows.map(({ id }) => id)), exported)
})

export const make = (
  instance: Instance
): Pick<Outbox.OutboxService, "exportEntries" | "confirmExport" | "moved" | "importEntries"> => {
  const notice = noticed(instance)
  const told = <A, E>(effect: Effect.Effect<A, E>) => notice(writtenInTime(instance, effect))
  return {
    exportEntries: (options) => told(exportEntries(instance, options)),
    confirmExport: (json) => writtenInTime(instance, confirmExport(instance, json)),
    moved: Effect.map(readInTime(instance, instance.transactions.kept), (entries) => entries.map(movedOf)),
    importEntries: (json) => told(importEntries(instance, json))
  }
}
