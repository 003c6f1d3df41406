/**
 * What an HTTP answer of Toggl's means: a value, or a typed error. Pure functions: any status with any bytes gives one
 * of the two, and nothing throws.
 *
 * An answer is classified by its status. Its text counts only where Toggl gives one status two meanings, and then only
 * in the wording that Toggl is known to use. A 400, 403, 404 or 410 with a web page, or with a text that is not known
 * and no `X-Toggl-Request-Id`, is held to be a proxy's. An empty body is no sign of a proxy on a 403, whose body Toggl
 * leaves empty; on the other three it is, for there Toggl says why.
 */
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { Client, ClientId, foldName, ProjectId, WorkspaceId } from "../Client.js"
import {
  BadRequest,
  CredentialsUnavailable,
  Forbidden,
  Gone,
  InvalidName,
  InvalidStatus,
  NotFound,
  PlanRequired,
  QuotaExceeded,
  RateLimited,
  RedirectedElsewhere,
  ServerError,
  Unauthorized,
  UnexpectedAnswer,
  Unreachable,
  type TransportError
} from "../ClientError.js"
import { orUnread } from "../effect/schema.js"
import { type Asked, believed } from "../error/base.js"
import { dateOf, dateSlack, hasAged, requestIdOf, retryAfter, whole, type AnswerHeaders } from "./headers.js"
import { decodeItem, idIn, isUnsure, totalIn } from "./item.js"
import { isQuota, quotaLasts } from "./paymentRequired.js"
import { markHeader } from "./proxyMarks.js"
import type { ArchivedMany, Listed, Me } from "./service.js"
import { isHtml, isNotFoundMessage, known, parse, sanitize, sentence, type Words } from "./text.js"

/**
 * What came back.
 *
 * - `status`: 0 where the browser hides a redirect
 * - `text`: the body; missing where it broke off, or was given up
 * - `isTooLarge`: whether it was given up because it is too large
 * - `hidesIds`: whether the service has been seen to answer without its request id
 * - `isByProxy`: whether it is a proxy's that signs, and may have answered by itself
 * - `isRepeated`: whether its request id was heard before
 * - `redirected`: whether the answer is a redirect's, followed or hidden
 * - `now`: our clock in milliseconds, for a date in `Retry-After` where the answer has no `Date`
 * - `secrets`: what to take out of texts
 */
export interface Answer {
  readonly status: number
  readonly headers: AnswerHeaders
  readonly text?: string
  readonly isTooLarge?: boolean
  readonly hidesIds?: boolean
  readonly isByProxy?: boolean
  readonly isRepeated?: boolean
  readonly redirected?: boolean
  readonly now: number
  readonly secrets?: ReadonlyArray<string>
}

/**
 * A 403: either their user may not do this, and it is `forbidden`, or the credentials are bad, and it is `unauthorized`.
 * `GET /me/logged` tells, and {@link denied} puts the two together.
 */
export interface Denied {
  readonly _tag: "Denied"
  readonly forbidden: Forbidden
  readonly unauthorized: Unauthorized
}

/** What any operation can be answered with, beside its value. */
export type Failure = TransportError | NotFound | BadRequest | PlanRequired | Gone | Denied

type Unexpected = UnexpectedAnswer["reason"]

type Body = Either.Either<unknown, Unexpected>

const holds = (body: Body, isIt: (value: unknown) => boolean): boolean => Either.isRight(body) && isIt(body.right)

interface Told extends Asked {
  readonly requestId?: string
  readonly ray?: string
  readonly text?: string
}

const tell = (asked: Asked, { headers, secrets }: Answer, text: string, words?: Words): Told => {
  const requestId = requestIdOf(headers)
  const ray = headers["cf-ray"]
  // a known text is kept whole, for it is looked at again: a password may be a word of it
  const shown =
    words?.["client"] === undefined ? sanitize(text, secrets) : text.replace(/\d+/, String(asked.clientId ?? 0))
  return {
    ...asked,
    ...(requestId === undefined ? {} : { requestId: sanitize(requestId, secrets) }),
    ...(ray === undefined ? {} : { ray: sanitize(ray, secrets).slice(0, 100) }),
    ...(shown === "" ? {} : { text: shown })
  }
}

// A restore's documented 400, and a compatible server's of a name that it does not take.
const saysNoMore: ReadonlySet<Asked["operation"]> = new Set(["create", "update", "restore"])

const later = (told: Told, { headers }: Answer, millis: number | undefined) => {
  const date = dateOf(headers)
  return {
    ...(millis === undefined ? {} : { retryAfter: believed(told, millis) }),
    ...(date === undefined ? {} : { date })
  }
}

const none = () => undefined

/** What the proxy says by itself, and not Toggl. */
const ofProxy = (asked: Asked, mark: string | undefined, told: Told, status: number): Failure | undefined => {
  switch (mark) {
    case "SignInNeeded":
      return new Unauthorized({ ...asked, reason: "Missing" })
    case "WrongAccount":
      return new Unauthorized({ ...asked, reason: "WrongAccount" })
    case "CredentialsUnavailable":
      return new CredentialsUnavailable(asked)
    case "Unsent":
      return new Unreachable({ ...asked, reason: "Unsent" })
    case "Unreached":
      return new Unreachable({ ...asked, reason: "Failed" })
    case "TimedOut":
      return new Unreachable({ ...asked, reason: "TimedOut" })
    case "InvalidConfiguration":
      // The body is this request's own; all else is for a developer to mend, and then the same request will do.
      return status === 413
        ? new BadRequest({ ...told, status })
        : new UnexpectedAnswer({ ...told, status, reason: "Status" })
    default:
      return undefined
  }
}

const read = <A, E>(
  asked: Asked,
  answer: Answer,
  decode: (body: Body) => Either.Either<A, Unexpected>,
  refused: (told: Told, words: Words) => E | undefined
): Either.Either<A, Failure | E> => {
  const { headers, now, redirected = false, text } = answer
  const status = Number.isSafeInteger(answer.status) ? answer.status : -1
  const body: Body = text === undefined ? Either.left(answer.isTooLarge === true ? "TooLarge" : "NotJson") : parse(text)
  const isPage = text !== undefined && Either.isLeft(body) && isHtml(text)
  const isDone = !redirected && status >= 200 && status < 300
  const said = isDone || isPage || text === undefined ? "" : sentence(text, body)
  const words =
    known(said) ??
    (status === 404 && asked.clientId !== undefined && holds(body, isNotFoundMessage) ? { client: said } : undefined)
  const told = tell(asked, answer, said, words)
  const unexpected = (reason: UnexpectedAnswer["reason"]) =>
    new UnexpectedAnswer({ ...told, status, reason: isPage ? "Html" : reason })

  if (isDone) return Either.mapLeft(decode(body), unexpected)
  const marked = answer.isByProxy === true ? ofProxy(asked, headers[markHeader], told, status) : undefined
  if (marked !== undefined) return Either.left(marked)

  const failure = () => {
    if (redirected || status === 0 || (status >= 300 && status < 400))
      return new RedirectedElsewhere({ ...told, status })
    if (status === 408 || status === 425 || (status >= 500 && status < 600)) {
      return new ServerError({ ...told, status, ...later(told, answer, retryAfter(headers, now)) })
    }
    const remainingAttempts = whole(headers["x-remaining-login-attempts"])
    const unauthorized = new Unauthorized({
      ...told,
      reason: "Refused",
      ...(remainingAttempts === undefined ? {} : { remainingAttempts })
    })
    if (status === 401) return unauthorized
    if (status === 429) return new RateLimited({ ...told, ...later(told, answer, retryAfter(headers, now)) })
    if (status === 402 && isQuota(headers, said)) {
      return new QuotaExceeded({ ...told, ...later(told, answer, quotaLasts(headers, said, now)) })
    }
    // from here on a sentence decides, so it must have come whole
    if (Either.isLeft(body) && (text === undefined || body.left === "TooDeep")) return unexpected(body.left)
    if (status === 402) return new PlanRequired(told)
    const isToggls =
      told.requestId !== undefined ||
      words !== undefined ||
      (status === 403 && said === "") ||
      (status === 400 && said === "Bad Request" && saysNoMore.has(asked.operation))
    if ([400, 403, 404, 410].includes(status) && (isPage || !isToggls)) return unexpected("Status")
    if (status === 403) return { _tag: "Denied", forbidden: new Forbidden(told), unauthorized } satisfies Denied
    if (status === 404) return new NotFound(told)
    if (status === 410) return new Gone(told)
    const refusal = status === 400 && words !== undefined ? refused(told, words) : undefined
    // some are about the request itself: no proxy on the way in gives them by mistake
    return (
      refusal ??
      (status >= 400 && status < 500 && (isToggls || [409, 413, 414, 422].includes(status))
        ? new BadRequest({ ...told, status })
        : unexpected("Status"))
    )
  }
  return Either.left(failure())
}

const as =
  <A, I>(schema: Schema.Schema<A, I>) =>
  (body: Body): Either.Either<A, Unexpected> =>
    Either.flatMap(body, (value) =>
      Either.mapLeft(Schema.decodeUnknownEither(schema)(value), (): Unexpected => "Shape")
    )

const isMarked = ({ headers }: Answer): boolean => requestIdOf(headers) !== undefined

// An empty body is anyone's: it is believed with Toggl's mark, or where the service has been seen to answer without.
const mayBeEmpty = (answer: Answer): boolean => isMarked(answer) || answer.hidesIds === true

const unlessEmpty =
  <A>(answer: Answer, decode: (body: Body) => Either.Either<A, Unexpected>) =>
  (body: Body): Either.Either<A, Unexpected> =>
    holds(body, Predicate.isNull) && !mayBeEmpty(answer) ? Either.left("Shape") : decode(body)

const isDoneWord = (value: unknown): boolean =>
  value === "OK" || Number.isSafeInteger(value) || (Array.isArray(value) && value.every(Number.isSafeInteger))

const nothing =
  (answer: Answer) =>
  (body: Body): Either.Either<void, Unexpected> => {
    const text = answer.text ?? ""
    const isText = answer.text !== undefined && !isHtml(text) && Either.isLeft(body) && body.left === "NotJson"
    const isDone = isMarked(answer)
      ? isText || Either.isRight(body)
      : (isText && text.trim() === "OK") || holds(body, isDoneWord) || holds(body, Predicate.isNull)
    return isDone ? Either.right(undefined) : Either.flatMap(body, () => Either.left<Unexpected>("Shape"))
  }

const asClient = as(Client)
const asList = as(Schema.NullOr(Schema.Array(Schema.Unknown)))
const asProjects = as(Schema.NullOr(Schema.Array(ProjectId)))
const Archiveds = Schema.NullOr(
  Schema.Array(
    Schema.Struct({
      clientIds: Schema.propertySignature(Schema.NullishOr(Schema.Array(ClientId))).pipe(Schema.fromKey("client_ids")),
      projectIds: Schema.optional(Schema.NullOr(Schema.Array(ProjectId))).pipe(Schema.fromKey("project_ids"))
    })
  )
)
const asArchived = as(Archiveds)
const asUser = as(Schema.Struct({ id: Schema.Int, default_workspace_id: orUnread(WorkspaceId) }))

/** Whether the client is the one that was asked about, where one was, and of the workspace. */
const isAsked = ({ clientId, workspaceId }: Asked, client: Client): boolean =>
  (clientId === undefined || client.id === clientId) &&
  (workspaceId === undefined || client.workspaceId === workspaceId)

const asAskedClient =
  (asked: Asked, isIt: (client: Client) => boolean = () => true) =>
  (body: Body): Either.Either<Client, Unexpected> =>
    Either.filterOrLeft(
      asClient(body),
      (client) => isAsked(asked, client) && isIt(client),
      (): Unexpected => "OtherClient"
    )

const otherWorkspace = "it is of another workspace"

const listed =
  ({ workspaceId }: Asked) =>
  (items: ReadonlyArray<unknown> | null): Listed => {
    const clients: Array<Client> = []
    const leftOut: Array<Listed["leftOut"][number]> = []
    const unsure = new Set<ClientId>()
    let total: number | undefined
    for (const [index, item] of (items ?? []).entries()) {
      total = larger(total, totalIn(item))
      const decoded = decodeItem(item)
      if (Either.isLeft(decoded)) {
        const id = idIn(item, workspaceId)
        leftOut.push({ index, problem: decoded.left, ...(id === undefined ? {} : { id }) })
        continue
      }
      const client = decoded.right
      if (workspaceId !== undefined && client.workspaceId !== workspaceId) {
        leftOut.push({ index, problem: otherWorkspace })
        continue
      }
      clients.push(client)
      if (isUnsure(item, client)) unsure.add(client.id)
    }
    return { clients, leftOut, unsure, ...(total === undefined ? {} : { total }) }
  }

const larger = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.max(a, b)

/**
 * The answer to `GET .../clients`. An item that does not decode, or is of another workspace, is left out and reported; it
 * never fails the list. No body, `null` and `[]` are all the empty list; the first two only from a service that is known
 * to be Toggl. `status` is the one that was asked for.
 */
export const list = (asked: Asked, answer: Answer, status = ""): Either.Either<Listed, Failure | InvalidStatus> => {
  const refused = (told: Told, words: Words) =>
    words["status"] === undefined ? undefined : new InvalidStatus({ ...told, status })
  return Either.map(read(asked, answer, unlessEmpty(answer, asList), refused), listed(asked))
}

// A server may trim a name, or write it in another normal form.
const looseName = (name: string): string => foldName(name).replace(/\s+/gu, " ")

/**
 * The answer to `POST .../clients` and to `PUT .../clients/{client_id}`. `name` is the one that was sent: a create that is
 * answered with quite another name was not answered by whoever created it.
 */
export const create = (asked: Asked, answer: Answer, name: string): Either.Either<Client, Failure | InvalidName> => {
  const refused = (told: Told, { empty, limit, taken }: Words) =>
    empty !== undefined
      ? new InvalidName({ ...told, name, reason: "Empty" })
      : taken !== undefined
        ? new InvalidName({ ...told, name, reason: "Taken" })
        : limit !== undefined
          ? new InvalidName({ ...told, name, reason: "TooLong", limit: Number(limit) })
          : undefined
  const isNamed = (client: Client) => asked.operation !== "create" || looseName(client.name) === looseName(name)
  return read(asked, answer, asAskedClient(asked, isNamed), refused)
}

/** The answer to `GET .../clients/{client_id}` and to `POST .../clients/{client_id}/restore`. */
export const get = (asked: Asked, answer: Answer): Either.Either<Client, Failure> =>
  read<Client, never>(asked, answer, asAskedClient(asked), none)

const delete_ = (asked: Asked, answer: Answer): Either.Either<void, Failure> =>
  read<void, never>(asked, answer, unlessEmpty(answer, nothing(answer)), none)

export {
  /**
   * The answer to `DELETE .../clients/{client_id}`. Its body says nothing, and is only looked at for a sign that it is
   * not Toggl's: without Toggl's request id it must be an id, a list of ids, `OK`, or empty where ids are hidden.
   */
  delete_ as delete
}

/** The answer to `POST .../clients/{client_id}/archive`: the ids of the projects that were archived with the client. */
export const archive = (asked: Asked, answer: Answer): Either.Either<ReadonlyArray<ProjectId>, Failure> =>
  Either.map(
    read<ReadonlyArray<ProjectId> | null, never>(asked, answer, unlessEmpty(answer, asProjects), none),
    (ids) => ids ?? []
  )

/** The answer to `POST .../clients/archive`. */
export const archiveMany = (asked: Asked, answer: Answer): Either.Either<ReadonlyArray<ArchivedMany>, Failure> =>
  Either.map(read<typeof Archiveds.Type, never>(asked, answer, unlessEmpty(answer, asArchived), none), (items) =>
    (items ?? []).map(({ clientIds, projectIds }) => ({ clientIds: clientIds ?? [], projectIds: projectIds ?? [] }))
  )

// Their user may always see these two: a 403 is about the credentials, and any other refusal is not Toggl's.
const ofUser = <A>(
  asked: Asked,
  answer: Answer,
  decode: (body: Body) => Either.Either<A, Unexpected>
): Either.Either<A, TransportError> =>
  Either.mapLeft(read<A, never>(asked, answer, decode, none), (error) => {
    switch (error._tag) {
      case "Denied":
        return error.unauthorized
      case "NotFound":
      case "BadRequest":
      case "PlanRequired":
      case "Gone":
        return new UnexpectedAnswer({ ...tell(asked, answer, ""), status: answer.status, reason: "Status" })
      default:
        return error
    }
  })

/** The answer to `GET /me`: the ids of the credentials' user and of their workspace, and nothing else of what Toggl tells. */
export const me = (asked: Asked, answer: Answer): Either.Either<Me, TransportError> =>
  Either.map(ofUser(asked, answer, asUser), ({ default_workspace_id: defaultWorkspaceId, id }) => ({
    userId: id,
    defaultWorkspaceId
  }))

/** The answer to `GET /me/logged`, which refuses bad credentials and nothing else. */
export const logged = (asked: Asked, answer: Answer): Either.Either<void, TransportError> =>
  ofUser(asked, answer, nothing(answer))

/** What a 403 was: `Forbidden` where `GET /me/logged` took the credentials, otherwise what that answered. */
export const denied = ({ forbidden }: Denied, probe: Either.Either<void, TransportError>): Forbidden | TransportError =>
  Either.match(probe, { onLeft: (error) => error, onRight: () => forbidden })

/** What tells an answer of a cache's from Toggl's. */
interface Signs {
  /** As in `Reading`. */
  readonly notBefore?: number | undefined
  /** When it was asked for by Toggl's clock, where that is known. */
  readonly askedAt: number | undefined
  /** Whether it is the one that was heard just before. */
  readonly isSame: boolean
  /** Whether one that is older may be a cache's. */
  readonly mayBe: () => boolean
}

/** The failure of an answer that was asked for past caches and may be a cache's all the same. */
export const cached = (
  asked: Asked,
  answer: Answer,
  { askedAt = -Infinity, isSame, mayBe, notBefore = -Infinity }: Signs
): UnexpectedAnswer | undefined => {
  const date = dateOf(answer.headers)
  const isOld = date !== undefined && date < Math.max(notBefore, askedAt) - dateSlack
  return isSame || answer.isRepeated === true || hasAged(answer.headers) || (isOld && mayBe())
    ? new UnexpectedAnswer({ ...tell(asked, answer, ""), status: answer.status, reason: "Cached" })
    : undefined
}
