/**
 * What the fake saw: a record of every request, for assertions. It never holds a credential.
 *
 * @since 0.1.0
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Credentials } from "./TogglAuth.js"
import type { WireRequest } from "./TogglWire.js"

/**
 * A request as it was seen. The record of a request that is under way changes until it has ended.
 *
 * @since 0.1.0
 * @category models
 */
export interface RecordedRequest {
  /** Counts from 1 in the order of arrival; Toggl's request id is made of it. */
  readonly sequence: number
  /** When it arrived, in milliseconds since 1970. */
  readonly receivedAt: number
  /** The HTTP method, in upper case. */
  readonly method: string
  /** The URL's path, without the query: `/api/v9/me`. */
  readonly path: string
  /** What the URL asks for after `?`, by key. */
  readonly query: Readonly<Record<string, string>>
  /** Without `authorization` and `cookie`; names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The body as JSON where it is JSON, else its text; undefined where there is none. */
  readonly body: unknown
  /** Which kind of credentials came with it. */
  readonly authorization: Credentials["_tag"]
  /** The user whom the credentials belong to. */
  readonly userId: number | undefined
  /** The number of the request that it is a second copy of: the caller sent one, and two landed. */
  readonly repeats: number | undefined
  /** The name of the fault that met it. */
  readonly fault: string | undefined
  /** The status that the service gave, whether or not the caller heard it. */
  readonly served: number | undefined
  /** Whether the service did what was asked (a 2xx), whether or not the caller heard of it. */
  readonly applied: boolean
  /** What the caller got so far. `Interrupted`: it gave up. */
  readonly outcome:
    | { readonly _tag: "Pending" }
    | {
        readonly _tag: "Answered"
        /** The HTTP status that the caller saw. */
        readonly status: number
      }
    | { readonly _tag: "Lost" }
    | { readonly _tag: "Interrupted" }
}

/**
 * The records so far, and a way to wait for one.
 *
 * @since 0.1.0
 * @category models
 */
export interface RequestLog {
  /** Every record since the start or the last `clear`, in the order of arrival. */
  readonly all: () => ReadonlyArray<RecordedRequest>
  /** Forgets the records that there are. */
  readonly clear: () => void
  /** Keeps the record of a request that has arrived. */
  readonly add: (record: RecordedRequest) => void
  /** Changes the record with this number, where it is still there. */
  readonly update: (sequence: number, change: Partial<RecordedRequest>) => void
  /** Waits for a record that matches: one that is there, or comes, or changes so. */
  readonly awaitMatch: (matches: (record: RecordedRequest) => boolean) => Effect.Effect<RecordedRequest>
}

const secretHeaders = new Set(["authorization", "cookie", "proxy-authorization"])

/**
 * The record of a request that has just arrived.
 *
 * @since 0.1.0
 * @category constructors
 */
export const arrived = (
  request: WireRequest,
  receivedAt: number,
  authorization: Credentials["_tag"],
  userId: number | undefined
): RecordedRequest => ({
  sequence: request.sequence,
  receivedAt,
  method: request.method,
  path: request.path,
  query: Object.fromEntries(request.query),
  headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => !secretHeaders.has(name))),
  body:
    request.body === ""
      ? undefined
      : Either.getOrElse(
          Either.try((): unknown => JSON.parse(request.body)),
          () => request.body
        ),
  authorization,
  userId,
  repeats: undefined,
  fault: undefined,
  served: undefined,
  applied: false,
  outcome: { _tag: "Pending" }
})

/**
 * An empty log.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (): RequestLog => {
  let records = new Map<number, RecordedRequest>()
  const waiting = new Set<{
    readonly matches: (record: RecordedRequest) => boolean
    readonly found: Deferred.Deferred<RecordedRequest>
  }>()
  const put = (record: RecordedRequest) => {
    records.set(record.sequence, record)
    for (const waiter of waiting) {
      if (waiter.matches(record)) Deferred.unsafeDone(waiter.found, Effect.succeed(record))
    }
  }
  return {
    all: () => [...records.values()],
    clear: () => {
      records = new Map()
    },
    add: put,
    update: (sequence, change) => {
      const record = records.get(sequence)
      if (record !== undefined) put({ ...record, ...change })
    },
    awaitMatch: (matches) =>
      Effect.gen(function* () {
        const already = [...records.values()].find(matches)
        if (already !== undefined) return already
        const waiter = { matches, found: yield* Deferred.make<RecordedRequest>() }
        waiting.add(waiter)
        return yield* Effect.ensuring(
          Deferred.await(waiter.found),
          Effect.sync(() => waiting.delete(waiter))
        )
      })
  }
}
