// What every operation does: ask for the credentials, exchange a request for an answer, read it, and settle a 403.
import type * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import type { Operation } from "../Client.js"
import { isClientError, isTransport, Unauthorized, Unreachable, type TransportError } from "../ClientError.js"
import type { CredentialsService } from "../Credentials.js"
import { type Now, now } from "../effect/clock.js"
import type { Asked } from "../error/base.js"
import { uuid } from "../ids.js"
import { cached, denied, logged, me, type Answer, type Denied } from "./answer.js"
import { makeExchange, type Settings } from "./exchange.js"
import { requestIdOf } from "./headers.js"
import { makeHeard } from "./heard.js"
import { mayAsk } from "./mayAsk.js"
import type { Reading } from "./service.js"
import { credentialsOf, Pinned, type SignedAs } from "./signing.js"

type Read<A, E> = (asked: Asked, answer: Answer) => Either.Either<A, E>

const isTransportFailure = (error: unknown): boolean => isClientError(error) && isTransport(error)

const isDenied = (error: unknown): error is Denied => Predicate.isTagged(error, "Denied")

// The body of a delete or an archive says too little to be known as Toggl's, and an empty one says nothing.
const tellsMuch = (operation: Operation | "me" | "logged", { text = "" }: Answer): boolean =>
  operation !== "delete" &&
  operation !== "archive" &&
  operation !== "logged" &&
  text.trim() !== "" &&
  text.trim() !== "null"

const isChange = (operation: Operation | "me" | "logged"): boolean =>
  operation !== "list" && operation !== "get" && operation !== "me" && operation !== "logged"

const isTogglsOwn = ({ headers }: Answer, result: Either.Either<unknown, unknown>): boolean =>
  Either.isRight(result) || requestIdOf(headers) !== undefined

// No cache has an answer to what nobody has asked before.
const unheard = (request: HttpClientRequest.HttpClientRequest) =>
  Effect.map(uuid, (id) => HttpClientRequest.setUrlParam(request, "_", id))

export const makeCall = (client: HttpClient.HttpClient, source: CredentialsService, settings: Settings) => {
  const heard = makeHeard()
  const exchange = makeExchange(client, settings, heard)

  /** What the answer means, and what the session learns from it. */
  const understood = <A, E>(
    operation: Operation | "me" | "logged",
    answer: Answer,
    came: Now,
    result: Either.Either<A, E>
  ): Either.Either<A, E> => {
    if (isTogglsOwn(answer, result)) {
      heard.isTogglsOwn(answer.headers, came)
      if (isChange(operation)) heard.wasFresh(answer.headers)
    }
    if (Either.isRight(result) && tellsMuch(operation, answer)) heard.toldMuch(answer.headers)
    return result
  }

  const signedIn = Effect.fnUntraced(function* (asked: Asked) {
    const { operation: _, ...attributes } = asked
    yield* Effect.annotateCurrentSpan(attributes)
    const pinned = yield* Effect.serviceOption(Pinned)
    if (Option.isSome(pinned)) return pinned.value
    const credentials = yield* credentialsOf(source)
    if (Option.isNone(credentials)) return yield* new Unauthorized({ ...asked, reason: "Missing" })
    return { credentials: credentials.value, userId: undefined }
  })

  // there is no input here to blame: what cannot be sent has just failed
  const ofUser = <A>(asked: Asked, operation: "me" | "logged", signedAs: SignedAs, read: Read<A, TransportError>) =>
    exchange(
      asked,
      operation,
      HttpClientRequest.get(`${settings.baseUrl}/me${operation === "me" ? "" : "/logged"}`),
      signedAs
    ).pipe(
      Effect.catchTag("BadRequest", () => new Unreachable({ ...asked, reason: "Failed" })),
      Effect.zip(now),
      Effect.flatMap(([answer, came]) => understood(operation, answer, came, read(asked, answer)))
    )

  return {
    latestDate: Effect.sync(heard.latestDate),

    mayBeDeceived: Effect.sync(heard.mayBeDeceived),

    me: Effect.flatMap(signedIn({}), (signedAs) => ofUser({}, "me", signedAs, me)),

    call: Effect.fnUntraced(function* <A, E>(
      asked: Asked & { readonly operation: Operation },
      request: HttpClientRequest.HttpClientRequest,
      read: Read<A, E | Denied>,
      { pastCaches }: Reading = {}
    ) {
      const signedAs = yield* signedIn(asked)
      const sent = pastCaches === undefined ? request : yield* unheard(request)
      const askedAt = heard.dateNow(yield* now)
      const answer = yield* exchange(asked, asked.operation, sent, signedAs)
      const came = yield* now
      const result = understood(asked.operation, answer, came, read(asked, answer))
      const question = `${asked.operation} ${asked.workspaceId} ${asked.clientId}`
      const mayBe = () => heard.mayBeCached(question, answer.headers, came)
      const isSecond = pastCaches?.isSecond === true
      // It notes each answer, and only the second one is held against the first.
      const isSame = heard.isSameAgain(question, answer.headers) && isSecond
      const old =
        pastCaches === undefined ? undefined : cached(asked, answer, { ...pastCaches, askedAt, isSame, mayBe })
      if (old === undefined && isSecond && isTogglsOwn(answer, result)) heard.wasFresh(answer.headers)
      // what is no answer of Toggl's says more of itself
      if (old !== undefined && (Either.isRight(result) || !isTransportFailure(result.left))) return yield* old
      if (old === undefined) heard.believed(question)
      if (Either.isRight(result)) return result.right
      const error = result.left
      if (!isDenied(error)) return yield* Effect.fail(error)
      const probe = Effect.zipRight(mayAsk, ofUser(asked, "logged", signedAs, logged))
      return yield* Effect.fail(denied(error, yield* Effect.either(probe)))
    })
  }
}

export type Calls = ReturnType<typeof makeCall>
