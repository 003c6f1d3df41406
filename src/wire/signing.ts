// The one place where credentials are read.
import * as Context from "effect/Context"
import * as Encoding from "effect/Encoding"
import * as Redacted from "effect/Redacted"
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import { CredentialsUnavailable } from "../ClientError.js"
import type { Credentials, Service } from "../Credentials.js"
import { nameOf } from "../error/thrown.js"

/**
 * The credentials that were found to be the account's. Requests that are made with this in their context are signed with
 * these and no others, whatever the app sets meanwhile.
 */
export class Pinned extends Context.Tag("effect-toggl-clients/internal/Pinned")<Pinned, Credentials>() {}

// The sources that threw when they were last asked.
const throwing = new WeakSet<Service>()

/** The app's credentials. A source that throws cannot tell now: that is logged once, until it tells again. */
export const credentialsOf = (source: Service): Effect.Effect<Option.Option<Credentials>, CredentialsUnavailable> =>
  Effect.suspend(() => source.get).pipe(
    Effect.tap(() => Effect.sync(() => throwing.delete(source))),
    Effect.catchAllDefect((defect) =>
      Effect.gen(function* () {
        const isNews = !throwing.has(source)
        throwing.add(source)
        if (isNews) yield* Effect.logError(`the source of credentials threw: ${nameOf(defect)}`)
        return yield* new CredentialsUnavailable({})
      })
    )
  )

/** How a request is signed, and what must not come back in a text. */
export interface Signing {
  readonly headers: Readonly<Record<string, string>>
  readonly secrets: ReadonlyArray<string>
  readonly cookies: RequestCredentials
}

export const signing = (credentials: Credentials): Signing => {
  if (credentials._tag === "Proxy") {
    const { cookies, header } = credentials
    if (header === undefined) return { headers: {}, secrets: [], cookies }
    const { name, value } = header
    return typeof value === "string"
      ? { headers: { [name]: value }, secrets: [], cookies }
      : { headers: { [name]: Redacted.value(value) }, secrets: [Redacted.value(value)], cookies }
  }
  const secret = Redacted.value(credentials._tag === "Token" ? credentials.token : credentials.password)
  const pair = credentials._tag === "Token" ? `${secret}:api_token` : `${credentials.email}:${secret}`
  // platform's basicAuth throws where a password is not Latin-1
  const authorization = `Basic ${Encoding.encodeBase64(pair.replace(/\p{Cs}/gu, "\uFFFD"))}`
  return { headers: { authorization }, secrets: [secret, pair], cookies: "omit" }
}
