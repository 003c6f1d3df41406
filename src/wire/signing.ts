// The one place where credentials are read.
import * as Context from "effect/Context"
import * as Redacted from "effect/Redacted"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { CredentialsUnavailable } from "../ClientError.js"
import { type Credentials, type CredentialsService, validate } from "../Credentials.js"
import { nameOf } from "../error/thrown.js"
import { base64 } from "./base64.js"
import { unknownUser, userHeader } from "./proxyMarks.js"

/**
 * The credentials that were found to be the account's. Requests that are made with this in their context are signed with
 * these and no others, whatever the app sets meanwhile.
 */
export class Pinned extends Context.Tag("effect-toggl-clients/internal/Pinned")<Pinned, SignedAs>() {}

/** What a request is signed with, and whose the store is that it is for, where it is somebody's: a proxy signs for nobody else. */
export interface SignedAs {
  readonly credentials: Credentials
  readonly userId: number | undefined
}

// The sources that threw when they were last asked, or gave what no request can be signed with.
const failing = new WeakSet<CredentialsService>()

const logOnce = (source: CredentialsService, problem: string): Effect.Effect<void> =>
  Effect.suspend(() => {
    if (failing.has(source)) return Effect.void
    failing.add(source)
    return Effect.logError(`the source of credentials ${problem}`)
  })

/** What no request can be signed with is as good as none: asked again, the source would give the same. */
const usable = (
  source: CredentialsService,
  given: Option.Option<Credentials>
): Effect.Effect<Option.Option<Credentials>> => {
  const checked = Option.map(given, validate)
  if (Option.isSome(checked) && Either.isLeft(checked.value)) {
    return Effect.as(logOnce(source, `gave what cannot be sent: ${checked.value.left.message}`), Option.none())
  }
  failing.delete(source)
  return Effect.succeed(given)
}

/** The app's credentials. A source that throws cannot tell now: that is logged once, until it tells again. */
export const credentialsOf = (
  source: CredentialsService
): Effect.Effect<Option.Option<Credentials>, CredentialsUnavailable> =>
  Effect.suspend(() => source.get).pipe(
    Effect.flatMap((given) => usable(source, given)),
    Effect.catchAllDefect((defect) =>
      Effect.zipRight(logOnce(source, `threw: ${nameOf(defect)}`), new CredentialsUnavailable({}))
    )
  )

/** How a request is signed, and what must not come back in a text. */
export interface Signing {
  readonly headers: Readonly<Record<string, string>>
  readonly secrets: ReadonlyArray<string>
  readonly cookies: RequestCredentials
}

export const signing = ({ credentials, userId }: SignedAs): Signing => {
  if (credentials._tag === "Proxy") {
    const { cookies, header } = credentials
    const headers = { [userHeader]: userId === undefined ? unknownUser : String(userId) }
    if (header === undefined) return { headers, secrets: [], cookies }
    const { name, value } = header
    return typeof value === "string"
      ? { headers: { ...headers, [name]: value }, secrets: [], cookies }
      : { headers: { ...headers, [name]: Redacted.value(value) }, secrets: [Redacted.value(value)], cookies }
  }
  const secret = Redacted.value(credentials._tag === "Token" ? credentials.token : credentials.password)
  const pair = credentials._tag === "Token" ? `${secret}:api_token` : `${credentials.email}:${secret}`
  // platform's basicAuth throws where a password is not Latin-1
  const authorization = `Basic ${base64(pair.replace(/\p{Cs}/gu, "\uFFFD"))}`
  return { headers: { authorization }, secrets: [secret, pair], cookies: "omit" }
}
