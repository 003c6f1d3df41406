// What every operation does: ask for the credentials, exchange a request for an answer, read it, and settle a 403.
import type * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import type { Operation } from "../Client.js"
import { Unauthorized, Unreachable, type TransportError } from "../ClientError.js"
import type { Credentials, Service } from "../Credentials.js"
import type { Asked } from "../error/base.js"
import { denied, logged, me, type Answer, type Denied } from "./answer.js"
import { makeExchange, type Settings } from "./exchange.js"
import { Pinned } from "./signing.js"

type Read<A, E> = (asked: Asked, answer: Answer) => Either.Either<A, E>

const isDenied = (error: unknown): error is Denied => Predicate.isTagged(error, "Denied")

export const makeCall = (client: HttpClient.HttpClient, source: Service, settings: Settings) => {
  const exchange = makeExchange(client, settings)

  const signedIn = Effect.fnUntraced(function* (asked: Asked) {
    const { operation: _, ...attributes } = asked
    yield* Effect.annotateCurrentSpan(attributes)
    const pinned = yield* Effect.serviceOption(Pinned)
    const credentials = Option.isSome(pinned) ? pinned : yield* source.get
    if (Option.isNone(credentials)) return yield* new Unauthorized({ ...asked, reason: "Missing" })
    return credentials.value
  })

  // there is no input here to blame: what cannot be sent has just failed
  const ofUser = <A>(
    asked: Asked,
    operation: "me" | "logged",
    credentials: Credentials,
    read: Read<A, TransportError>
  ) =>
    exchange(
      asked,
      operation,
      HttpClientRequest.get(`${settings.baseUrl}/me${operation === "me" ? "" : "/logged"}`),
      credentials
    ).pipe(
      Effect.catchTag("BadRequest", () => new Unreachable({ ...asked, reason: "Failed" })),
      Effect.flatMap((answer) => read(asked, answer))
    )

  return {
    me: Effect.flatMap(signedIn({}), (credentials) => ofUser({}, "me", credentials, me)),

    call: Effect.fnUntraced(function* <A, E>(
      asked: Asked & { readonly operation: Operation },
      request: HttpClientRequest.HttpClientRequest,
      read: Read<A, E | Denied>
    ) {
      const credentials = yield* signedIn(asked)
      const result = read(asked, yield* exchange(asked, asked.operation, request, credentials))
      if (Either.isRight(result)) return result.right
      const error = result.left
      if (!isDenied(error)) return yield* Effect.fail(error)
      return yield* Effect.fail(denied(error, yield* Effect.either(ofUser(asked, "logged", credentials, logged))))
    })
  }
}

export type Calls = ReturnType<typeof makeCall>
