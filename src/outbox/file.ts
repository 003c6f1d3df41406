// A file of exported entries: how it is written, and what is wrong with one that cannot be read.
import * as Either from "effect/Either"
import type * as ParseResult from "effect/ParseResult"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { InvalidImport, StorageError } from "../ClientError.js"
import { Row, type Unreadable, version } from "../log/entry.js"
import { isNewer, readRow, writeRow } from "../transactions/rows.js"
import type { Exported } from "../transactions/moved.js"
import * as upgrade from "../transactions/upgrade.js"

const format = "effect-toggl-clients/outbox"

/** Whose entries they are, which store they were in, and when they were exported. */
export interface Origin extends Exported {
  readonly account: string
  readonly baseUrl: string
}

const unwritable = () => new StorageError({ reason: "Failed", detail: "the log cannot be written as JSON" })

/** The row, or a text where JSON cannot hold it. */
const writable = (row: unknown): unknown =>
  Either.getOrElse(
    Either.try((): unknown => {
      JSON.stringify([row])
      return row
    }),
    () =>
      Either.getOrElse(
        Either.try(() => String(row)),
        () => "it is no text either"
      )
  )

/** Rows that cannot be read are there to be looked at: no import takes them. */
export const write = (
  origin: Origin,
  rows: Iterable<Row>,
  unreadable: ReadonlyArray<Unreadable> = []
): Either.Either<string, StorageError> =>
  Either.try({
    try: () =>
      JSON.stringify({
        format,
        version,
        ...origin,
        entries: Array.from(rows, writeRow),
        unreadable: unreadable.map(({ row, seq }) => ({ seq, row: writable(row) }))
      }),
    catch: unwritable
  })

// --- Reading -----------------------------------------------------------------------------------------------------------

const decodeRow = Schema.decodeUnknownEither(Row)

const garbled = (detail: string) => new InvalidImport({ reason: "Garbled", detail })

const newer = (written: number, what: string) =>
  new InvalidImport({ reason: "Newer", detail: `version ${written} wrote ${what}, and ${version} is read here` })

/** Where the first thing is that is not what it should be. The path is made of our own keys, and so is short. */
const placeOf = (issue: ParseResult.ParseIssue): { readonly path: ReadonlyArray<PropertyKey>; isMissing: boolean } => {
  switch (issue._tag) {
    case "Pointer": {
      const { isMissing, path } = placeOf(issue.issue)
      return { path: [...[issue.path].flat(), ...path], isMissing }
    }
    case "Composite": {
      const [first] = [issue.issues].flat()
      return first === undefined ? { path: [], isMissing: false } : placeOf(first)
    }
    case "Refinement":
    case "Transformation":
      return placeOf(issue.issue)
    default:
      return { path: [], isMissing: issue._tag === "Missing" }
  }
}

const problemOf = (row: unknown): string => {
  if (!Predicate.isRecord(row)) return "is not a change"
  const decoded = decodeRow(upgrade.entry(row))
  if (Either.isRight(decoded)) return "cannot be read"
  const { isMissing, path } = placeOf(decoded.left.issue)
  return `cannot be read: ${path.map(String).join(".")} is ${isMissing ? "missing" : "not what it should be"}`
}

const versionOf = (u: Readonly<Record<string, unknown>>): number | undefined => {
  const { version } = u
  return typeof version === "number" && Number.isSafeInteger(version) && version > 0 ? version : undefined
}

const readChange = (row: unknown, index: number): Either.Either<Row, InvalidImport> => {
  const what = `change ${index + 1}`
  if (isNewer(row)) return Either.left(newer(Predicate.isRecord(row) ? (versionOf(row) ?? Infinity) : Infinity, what))
  return Either.mapLeft(readRow(0, row), () => garbled(`${what} ${problemOf(row)}`))
}

/** Whose file it is, and the rows in it as this version writes them. */
export interface File extends Pick<Origin, "account" | "baseUrl"> {
  readonly rows: ReadonlyArray<Row>
  readonly exported: Exported | undefined
}

/** Reads a file of this version or an earlier one. The error says in few words what is wrong. */
export const read = (json: string): Either.Either<File, InvalidImport> =>
  Either.gen(function* () {
    const file = yield* Either.try({ try: (): unknown => JSON.parse(json), catch: () => garbled("it is not JSON") })
    if (!Predicate.isRecord(file) || file["format"] !== format)
      return yield* Either.left(garbled("it holds no exported changes"))
    const written = versionOf(file)
    if (written === undefined) return yield* Either.left(garbled("it does not say which version wrote it"))
    if (written > version) return yield* Either.left(newer(written, "it"))
    const { account, baseUrl, entries } = file
    if (typeof account !== "string" || typeof baseUrl !== "string") {
      return yield* Either.left(garbled("it does not say whose changes these are"))
    }
    if (!Array.isArray(entries)) return yield* Either.left(garbled("it has no list of changes"))
    const rows: Array<Row> = []
    for (const [index, row] of entries.entries()) rows.push(yield* readChange(row, index))
    const { exportedAt, store } = file
    const isTold = typeof store === "string" && typeof exportedAt === "number"
    return { account, baseUrl, rows, exported: isTold ? { store, exportedAt } : undefined }
  })
