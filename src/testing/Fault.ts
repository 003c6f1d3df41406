/**
 * What can go wrong between an app and Toggl, as values to inject into the fake.
 *
 * @example
 * import { FakeToggl, Fault } from "effect-toggl-clients/testing"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function* () {
 *   const fake = yield* FakeToggl.make()
 *   yield* fake.inject(Fault.loseAnswer, { when: (request) => request.method === "POST" })
 *   // the next POST is done, but the caller sees a failed connection
 * })
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FaultAnswer from "./FaultAnswer.js"
import type { Answer, WireRequest } from "./TogglWire.js"
import * as TogglWire from "./TogglWire.js"

/**
 * The connection was lost before the answer came. The `HttpClient` fails with a `RequestError` of reason `Transport`;
 * the promise of the web handler rejects with this error, and whoever serves it closes the connection:
 *
 * ```ts
 * handler(request).then(send, () => nodeResponse.destroy())
 * ```
 *
 * @since 0.1.0
 * @category errors
 */
export class ConnectionLost extends Data.TaggedError("ConnectionLost")<{
  /** The name of the fault, or `interrupted` where the caller gave up. */
  readonly fault: string
}> {
  override get message() {
    return `The connection to the fake Toggl was lost (${this.fault})`
  }
}

/**
 * What the caller gets: the service's own answer, a lost connection, nothing ever, or another answer.
 *
 * @since 0.1.0
 * @category models
 */
export type FaultOutcome =
  | { readonly _tag: "Own" }
  | { readonly _tag: "Lost" }
  | { readonly _tag: "Silence" }
  | {
      readonly _tag: "Instead"
      /** Makes the other answer, of the request and of the service's own answer, where the service has given one. */
      readonly answer: (request: WireRequest, own: Answer | undefined) => Answer
    }

/**
 * A fault: what happens before the service does its work, whether it does it, what happens after that, and what the
 * caller gets in the end. The constructors below make the usual ones; anything else can be put together by hand.
 *
 * @since 0.1.0
 * @category models
 */
export interface Fault {
  /** Stands in the record of the request. */
  readonly name: string
  /** Runs before the work. A caller that gives up meanwhile cancels the work. */
  readonly before: Effect.Effect<void>
  /**
   * Whether the service does its work, and when. `done` and `skipped`: it does, or does not. `rehearsed`: the service's
   * answer is what it would be, and nothing is done. `late`: the caller does not wait for it; it is done after
   * `landing`, whatever the caller does. `twice`: it is done, and the same request lands once more after `landing`,
   * whatever the caller does; the second answer is the own one.
   */
  readonly work: "done" | "skipped" | "rehearsed" | "late" | "twice"
  /** What a late landing, or a second one, waits for; of no meaning for other `work`. */
  readonly landing: Effect.Effect<void>
  /** Runs after the work, before the answer. A caller that gives up meanwhile changes nothing. */
  readonly after: Effect.Effect<void>
  /** What the caller gets in the end. */
  readonly outcome: FaultOutcome
}

/**
 * No fault: the work is done and answered.
 *
 * @since 0.1.0
 * @category constructors
 */
export const none: Fault = {
  name: "none",
  before: Effect.void,
  work: "done",
  landing: Effect.void,
  after: Effect.void,
  outcome: { _tag: "Own" }
}

/**
 * The connection is refused: nothing is done.
 *
 * @since 0.1.0
 * @category constructors
 */
export const refuse: Fault = { ...none, name: "refuse", work: "skipped", outcome: { _tag: "Lost" } }

/**
 * The work is done, and then the connection is lost.
 *
 * @since 0.1.0
 * @category constructors
 */
export const loseAnswer: Fault = { ...none, name: "loseAnswer", outcome: { _tag: "Lost" } }

/**
 * The request lands late: the work is done only when `after` has passed, whether the caller still waits or not. The
 * caller sees a lost connection at once, or hears nothing until it gives up.
 *
 * @since 0.1.0
 * @category constructors
 */
export const landLate = (
  after: Duration.DurationInput,
  options?: {
    /** Whether the caller sees a lost connection at once, unless said otherwise, or hears nothing until it gives up. */
    readonly caller?: "fails" | "hearsNothing" | undefined
  }
): Fault => ({
  ...none,
  name: "landLate",
  work: "late",
  landing: Effect.sleep(after),
  outcome: { _tag: options?.caller === "hearsNothing" ? "Silence" : "Lost" }
})

/**
 * One request of the caller's lands twice, as where a browser repeats a POST by itself because its kept-alive connection
 * broke: the work is done, its answer is lost on the way, and the same request is served once more, at once or `after` so
 * long. The caller hears the second answer; or it `fails`: it sees a lost connection after the first landing. Whatever
 * the caller does, the second copy lands. It has a record of its own, which `repeats` the first, and meets no fault.
 *
 * @since 0.1.0
 * @category constructors
 */
export const repeat = (options?: {
  /** How long after the first the second copy lands: at once unless given. A bare number is in milliseconds. */
  readonly after?: Duration.DurationInput | undefined
  /**
   * Whether the caller hears the second answer, unless said otherwise, or sees a lost connection after the first
   * landing.
   */
  readonly caller?: "hears" | "fails" | undefined
}): Fault => ({
  ...none,
  name: "repeat",
  work: "twice",
  landing: options?.after === undefined ? Effect.void : Effect.sleep(options.after),
  outcome: { _tag: options?.caller === "fails" ? "Lost" : "Own" }
})

/**
 * When the work is done, where a fault makes the caller wait.
 *
 * @since 0.1.0
 * @category models
 */
export interface WorkOrder {
  /**
   * Before what makes the caller wait (`first`: giving up leaves it done), or after it (`last`, unless said otherwise:
   * giving up leaves it undone).
   */
  readonly work?: "first" | "last" | undefined
}

/**
 * The answer waits until an effect ends: a latch, a deferred, another request.
 *
 * @since 0.1.0
 * @category constructors
 */
export const hold = (until: Effect.Effect<unknown>, options?: WorkOrder): Fault => ({
  ...none,
  name: "hold",
  ...(options?.work === "first" ? { after: Effect.asVoid(until) } : { before: Effect.asVoid(until) })
})

/**
 * The answer takes a while.
 *
 * @since 0.1.0
 * @category constructors
 */
export const delay = (duration: Duration.DurationInput, options?: WorkOrder): Fault => ({
  ...hold(Effect.sleep(duration), options),
  name: "delay"
})

/**
 * What becomes of the work, where something else than the service answers.
 *
 * @since 0.1.0
 * @category models
 */
export interface Applied {
  /** Whether the service did the work all the same. Not, unless said otherwise. */
  readonly applied?: boolean | undefined
}

/** With which status a fault answers. */
interface WithStatus<Status = number> {
  /** The HTTP status of the answer, in place of the fault's usual one. */
  readonly status?: Status | undefined
}

/** What headers a fault's answer has. */
interface WithHeaders {
  /** Headers that the answer has besides, or with other values, by their names in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

const workOf = (options: Applied | undefined): "done" | "skipped" => (options?.applied === true ? "done" : "skipped")

/**
 * No answer ever comes.
 *
 * @since 0.1.0
 * @category constructors
 */
export const hang = (options?: Applied): Fault => ({
  ...none,
  name: "hang",
  work: workOf(options),
  outcome: { _tag: "Silence" }
})

const instead = (
  name: string,
  options: Applied | undefined,
  answer: (request: WireRequest, own: Answer | undefined) => Answer
): Fault => ({ ...none, name, work: workOf(options), outcome: { _tag: "Instead", answer } })

/**
 * Any answer: a status from 200 to 599, with any headers and any body, text or bytes.
 *
 * @since 0.1.0
 * @category constructors
 */
export const respond = (
  options: Applied &
    WithHeaders & {
      /** The HTTP status of the answer, from 200 to 599. */
      readonly status: number
      /** What the answer holds, as text or bytes; nothing unless given. */
      readonly body?: string | Uint8Array | undefined
    }
): Fault =>
  instead("respond", options, () => ({
    status: options.status,
    headers: options.headers ?? {},
    body: options.body ?? ""
  }))

/**
 * The service itself refuses, as it does with its own refusals: the text as a JSON string, or an empty body for null,
 * a request id, and what other headers are given. For what the fake never answers by itself: a 410, a 500, a text nobody
 * knows, a time that is absurd.
 *
 * @since 0.1.0
 * @category constructors
 */
export const refusal = (status: number, text: string | null, options?: Applied & WithHeaders): Fault =>
  instead("refusal", options, ({ sequence }) => ({
    status,
    headers: {
      "content-type": "application/json",
      "x-toggl-request-id": TogglWire.requestId(sequence),
      ...options?.headers
    },
    body: text === null ? "" : JSON.stringify(text)
  }))

/**
 * The proxy in front of Toggl answers with a page: 502 unless said otherwise, HTML, no request id.
 *
 * @since 0.1.0
 * @category constructors
 */
export const proxyError = (options?: Applied & WithStatus & WithHeaders): Fault =>
  instead("proxyError", options, () => TogglWire.proxyPage(options?.status ?? 502, options?.headers))

/**
 * A redirect to another place, 302 unless said otherwise. The `HttpClient` shows the status, as Node does; with
 * `opaque` it shows status 0 and nothing else, as browsers do. A web handler always sends the status.
 *
 * @since 0.1.0
 * @category constructors
 */
export const redirect = (
  location: string,
  options?: Applied &
    WithStatus<301 | 302 | 303 | 307 | 308> & {
      /** Whether the `HttpClient` shows status 0 and nothing else, as browsers do. Not, unless said otherwise. */
      readonly opaque?: boolean | undefined
    }
): Fault =>
  instead("redirect", options, () => ({
    status: options?.status ?? 302,
    headers: { location },
    body: "",
    opaque: options?.opaque ?? false
  }))

/**
 * A captive portal answers in Toggl's place: 200 with a page to log in to the network.
 *
 * @since 0.1.0
 * @category constructors
 */
export const captivePortal: Fault = instead("captivePortal", undefined, () => FaultAnswer.captivePortal)

/**
 * A firewall in front of Toggl dislikes the request: a page in HTML, with a `CF-Ray` and no request id. Nothing is done.
 *
 * @since 0.1.0
 * @category constructors
 */
export const firewall = (status: 400 | 403 | 404 | 405 | 406): Fault =>
  instead("firewall", undefined, (request) => FaultAnswer.firewall(status, request))

/**
 * A service worker of the app's makes an answer up: 200 `{"offline":true}`, without a request id. Nothing is done.
 *
 * @since 0.1.0
 * @category constructors
 */
export const workerFallback: Fault = instead("workerFallback", undefined, () => FaultAnswer.workerFallback)

/**
 * An empty 200 that is not Toggl's: no request id. Nothing is done.
 *
 * @since 0.1.0
 * @category constructors
 */
export const emptyOk: Fault = instead("emptyOk", undefined, () => FaultAnswer.empty)

/**
 * The service answers 200 with JSON that is no client, and its request id. Nothing is done.
 *
 * @since 0.1.0
 * @category constructors
 */
export const notAClient: Fault = instead("notAClient", undefined, FaultAnswer.notAClient)

/**
 * An answer as Toggl's own, but about another client: with the id given, and any other keys given. Where Toggl's answer
 * is no client, such as a refusal or a list, it stays as it is.
 *
 * @since 0.1.0
 * @category constructors
 */
export const otherClient = (
  client: {
    /** The id of the other client, in place of that which was asked for. */
    readonly id: number
  } & Readonly<Record<string, unknown>>,
  options?: Applied
): Fault => ({
  ...instead("otherClient", options, (_request, own = TogglWire.proxyPage(502)) => FaultAnswer.withClient(own, client)),
  work: options?.applied === true ? "done" : "rehearsed"
})

/**
 * Toggl does and answers as it does, but each client in the answer has these values: as after a change of its API.
 *
 * @since 0.1.0
 * @category constructors
 */
export const drifted = (fields: Readonly<Record<string, unknown>>): Fault =>
  instead("drifted", { applied: true }, (_request, own = TogglWire.proxyPage(502)) =>
    FaultAnswer.withFields(own, fields)
  )

/**
 * JSON that is nested so deep, as the `error_message` of a 400 unless said otherwise.
 *
 * @since 0.1.0
 * @category constructors
 */
export const nested = (depth: number, options?: Applied & WithStatus): Fault =>
  instead("nested", options, () => FaultAnswer.nested(depth, options?.status ?? 400))

/**
 * The answer shows the whole request, `Authorization` included, with the status given (500 unless said otherwise): as
 * JSON, and in a header. An app must not let any of it get into its errors and logs.
 *
 * @since 0.1.0
 * @category constructors
 */
export const echo = (options?: Applied & WithStatus): Fault =>
  instead("echo", options, (request) => FaultAnswer.echo(options?.status ?? 500, request))

const half = (name: string, rest: (controller: ReadableStreamDefaultController<Uint8Array>) => void): Fault =>
  instead(name, { applied: true }, (_request, own = TogglWire.proxyPage(502)) => FaultAnswer.half(own, rest))

/**
 * The work is done and the status and headers arrive, but the connection is lost in the middle of the body.
 *
 * @since 0.1.0
 * @category constructors
 */
export const cutAnswer: Fault = half("cutAnswer", (controller) => {
  controller.error(new ConnectionLost({ fault: "cutAnswer" }))
})

/**
 * The work is done and the status and headers arrive, but the rest of the body never comes.
 *
 * @since 0.1.0
 * @category constructors
 */
export const stallAnswer: Fault = half("stallAnswer", () => undefined)

/**
 * A fault that makes the caller wait first; the work, if any is done, is done before the wait.
 *
 * @since 0.1.0
 * @category combinators
 */
export const delayed = (self: Fault, duration: Duration.DurationInput): Fault => ({
  ...self,
  after: Effect.zipRight(self.after, Effect.sleep(duration))
})
