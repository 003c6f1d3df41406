// What a body says, as plain text: without markup, without control characters, without credentials.
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import { base64 } from "./base64.js"

// Toggl's own is nested three deep. What is much deeper would overflow the stack of whoever walks through it.
const deepest = 100

/** Whether JSON is nested deeper than any of Toggl's, told without reading it. What stands in its strings does not count. */
const isTooDeep = (body: string): boolean => {
  let depth = 0
  let isString = false
  for (let index = 0; index < body.length; index++) {
    const character = body[index]
    if (isString) {
      if (character === "\\") index++
      else if (character === '"') isString = false
    } else if (character === '"') isString = true
    else if (character === "[" || character === "{") {
      depth++
      if (depth > deepest) return true
    } else if (character === "]" || character === "}") depth--
  }
  return false
}

/** A body as JSON: an empty one is `null`, as Toggl uses them alike. */
export const parse = (body: string): Either.Either<unknown, "NotJson" | "TooDeep"> => {
  if (body.trim() === "") return Either.right(null)
  if (/^\s*[[{]/.test(body) && isTooDeep(body)) return Either.left("TooDeep")
  return Either.try({ try: (): unknown => JSON.parse(body), catch: () => "NotJson" as const })
}

export const isHtml = (body: string): boolean => /^\s*<[!?a-z]|<\/?(?:html|head|body)[\s>]/i.test(body)

// JSON is read only where it is not nested deeply
const said = (value: unknown): string | undefined => {
  if (typeof value === "string") return value
  if (Predicate.hasProperty(value, "error_message")) {
    const message = value.error_message
    return Predicate.hasProperty(message, "default_message") ? said(message.default_message) : said(message)
  }
  return Predicate.hasProperty(value, "message") && typeof value.message === "string" ? value.message : undefined
}

/** The sentence in a body that failed, in any of the shapes that Toggl gives it. */
export const sentence = (body: string, parsed: Either.Either<unknown, unknown>): string => {
  const value = Either.getOrElse(parsed, () => body)
  if (value === null) return ""
  const parts = (Array.isArray(value) ? value : [value]).map(said).filter(Predicate.isNotUndefined)
  return (parts.length === 0 ? body : parts.join(". ")).trim()
}

// one space for each, so that a secret is not pieced together by what is taken out
const plain = (text: string) => text.replace(/[\p{Cc}\u2028\u2029]/gu, " ")

const forms = (secret: string): ReadonlyArray<string> => {
  const sound = secret.replace(/\p{Cs}/gu, "\uFFFD")
  const encoded = base64(sound).replace(/=+$/, "")
  return [
    secret,
    plain(secret),
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(sound),
    encodeURI(sound),
    new URLSearchParams({ "": sound }).toString().slice(1),
    encoded,
    encodeURIComponent(encoded),
    encoded.replace(/\+/g, "-").replace(/\//g, "_")
  ]
}

const without = (text: string, secrets: ReadonlyArray<string>): string => {
  const all = secrets.filter((secret) => secret !== "").flatMap(forms)
  if (all.length === 0) return text
  // the longest first, or a part of it would stay
  const alternatives = all
    .sort((a, b) => b.length - a.length)
    .map((form) => form.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"))
    .join("|")
  return text.replace(new RegExp(alternatives, "gi"), "•••")
}

/**
 * A text of the server's as it may be shown, logged and kept: plain, at most 300 characters, with each secret taken out
 * in every form in which it may come back (as it is, in Base64, URL-encoded, escaped in JSON). Markup is dropped whole.
 */
export const sanitize = (text: string, secrets: ReadonlyArray<string> = []): string =>
  isHtml(text)
    ? ""
    : without(plain(text), secrets)
        .trim()
        .slice(0, 300)
        .replace(/[\uD800-\uDBFF]$/, "")

const togglsOwn = new RegExp(
  `^(?:${[
    "(?:client )?name (?<empty>cannot be empty)",
    "(?:client )?name maximum length is (?<limit>\\d{1,9})",
    "(?:client )?name (?<taken>has already been taken)",
    "(?<status>client status is invalid)",
    "(?<client>no client with id \\d+ was found|client doesn['’]t exist in the workspace)",
    "json is not valid",
    "user cannot add or edit clients in workspace",
    "we['’]re expecting an integer as part of the url for \\w+"
  ].join("|")})\\.?$`,
  "i"
)

/** Which of the texts it is by which Toggl is known even where a proxy hides its request id. */
export type Words = Readonly<Record<string, string | undefined>>

export const known = (text: string): Words | undefined => togglsOwn.exec(text)?.groups

// What a server that is compatible with Toggl's says, in JSON as `message`, of a client that it does not know.
const compatible = "Not Found"

/** Whether the body says in a compatible server's way that it does not know what was asked for. */
export const isNotFoundMessage = (body: unknown): boolean =>
  Predicate.hasProperty(body, "message") && body.message === compatible

/**
 * Whether the text is one of those with which Toggl, or a server that is compatible with it, says that it does not know a
 * client. On a delete such an answer means that there is nothing left to do.
 */
export const isNotFoundText = (text: string | undefined): boolean =>
  text === compatible || known(text ?? "")?.["client"] !== undefined
