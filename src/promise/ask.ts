// What needs no outbox: whose credentials these are, and lines for people.
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Unauthorized } from "../ClientError.js"
import * as ClientsApi from "../ClientsApi.js"
import * as Lib from "../Mutation.js"
import * as status from "../Status.js"
import { browsersFetch } from "../wire/fetch.js"
import { checkedCredentials } from "./credentials.js"
import type { Me, Mutation, Status, WaitingFor } from "./models.js"
import type { AskOptions, Credentials } from "./options.js"
import { settled } from "./session.js"

export const whoAmI = (
  credentials: Credentials,
  { baseUrl, fetch = browsersFetch, requestLimit, signal }: AskOptions = {}
): Promise<Me> =>
  Effect.runPromiseExit(
    Effect.flatMap(checkedCredentials(credentials), (given) =>
      given === undefined ? new Unauthorized({ reason: "Missing" }) : Effect.succeed(given)
    ).pipe(
      Effect.flatMap((given) => ClientsApi.whoAmI(given, { baseUrl, requestLimit })),
      Effect.provide(FetchHttpClient.layer),
      Effect.provideService(FetchHttpClient.Fetch, fetch)
    ),
    signal === undefined ? {} : { signal }
  ).then((exit) => settled(exit, signal))

const isMutation = /*#__PURE__*/ Schema.is(Lib.Mutation)

export const describeMutation = (mutation: Mutation, nameBefore?: string): string =>
  isMutation(mutation) ? Lib.describe(mutation, nameBefore) : "change a client"

const isWaiting = /*#__PURE__*/ Schema.is(status.WaitingFor)
const isStatus = /*#__PURE__*/ Schema.is(status.Status)

export const describe = (what: Status | WaitingFor, now: number): string =>
  isStatus(what) || isWaiting(what) ? status.describe(what, now) : "something is waited for"
