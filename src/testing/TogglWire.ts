/**
 * How things are written on the wire: clients, lists, refusals, and what the proxy in front of the service says.
 *
 * @since 0.1.0
 */
import type { FakeTogglOptions, User } from "./TogglOptions.js"
import type { StoredClient } from "./TogglState.js"

/**
 * A request as the service gets it. Holds the credentials.
 *
 * @since 0.1.0
 * @category models
 */
export interface WireRequest {
  /** Its number, from 1 on in the order of arrival. */
  readonly sequence: number
  /** The HTTP method, in upper case. */
  readonly method: string
  /** The URL's path, without the query. */
  readonly path: string
  /** What the URL asks for after `?`. */
  readonly query: URLSearchParams
  /** All that came with it, credentials included, by names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** What it holds, as text; empty where there is nothing. */
  readonly body: string
}

/**
 * An answer, before it goes on its way.
 *
 * @since 0.1.0
 * @category models
 */
export interface Answer {
  /** The HTTP status, from 200 to 599. */
  readonly status: number
  /** What is said besides, by name. */
  readonly headers: Readonly<Record<string, string>>
  /** What it holds: text, bytes, or a stream for bodies that break off or never end. */
  readonly body: string | Uint8Array | (() => ReadableStream<Uint8Array>)
  /**
   * Whether it is shown as a browser shows a redirect that it was told not to follow: status 0 and nothing else. It
   * matters only where no network is in between.
   */
  readonly opaque?: boolean
}

const rfc3339 = (seconds: number, suffix: FakeTogglOptions["atSuffix"]) =>
  new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, suffix)

/**
 * A time, in milliseconds since 1970, as HTTP writes it.
 *
 * @since 0.1.0
 * @category encoding
 */
export const httpDate = (millis: number): string => new Date(millis).toUTCString()

/**
 * Toggl's id of a request, made of its number.
 *
 * @since 0.1.0
 * @category encoding
 */
export const requestId = (sequence: number): string => sequence.toString(16).padStart(32, "0")

const permissions = { string: "admin", array: ["admin"], absent: undefined } as const

/**
 * A client as JSON. `total` is the length of the list that it is in, or null where it stands alone.
 *
 * @since 0.1.0
 * @category encoding
 */
export const client = (
  self: StoredClient,
  options: FakeTogglOptions,
  total: number | null
): Record<string, unknown> => {
  const empty = options.emptyKeys === "null" ? null : undefined
  return {
    id: self.id,
    wid: self.workspaceId,
    archived: self.archived,
    name: self.name,
    notes: self.notes === "" ? empty : self.notes,
    at: rfc3339(self.at, options.atSuffix),
    creator_id: options.creatorIds ? self.creatorId : empty,
    permissions: permissions[options.permissions] ?? empty,
    integration_ext_id: self.integrationExtId ?? empty,
    integration_ext_type: self.integrationExtType ?? empty,
    integration_provider: self.integrationProvider ?? empty,
    external_reference: options.newerKeys ? (self.externalReference ?? empty) : undefined,
    total_count: options.newerKeys && total !== null ? total : undefined
  }
}

/**
 * A list as a body: an empty one as `emptyList` says.
 *
 * @since 0.1.0
 * @category encoding
 */
export const list = (items: ReadonlyArray<unknown>, options: FakeTogglOptions): string =>
  items.length === 0 ? options.emptyList : JSON.stringify(items)

/**
 * Clients as a list, in the order of `listOrder`.
 *
 * @since 0.1.0
 * @category encoding
 */
export const clients = (items: ReadonlyArray<StoredClient>, options: FakeTogglOptions): string => {
  const order: Record<FakeTogglOptions["listOrder"], (a: StoredClient, b: StoredClient) => number> = {
    id: (a, b) => a.id - b.id,
    newestFirst: (a, b) => b.at - a.at || b.id - a.id,
    name: (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id - b.id)
  }
  return list(
    [...items].sort(order[options.listOrder]).map((item) => client(item, options, items.length)),
    options
  )
}

/**
 * The signed-in user as `GET /me` shows it: with the API token, as the real one does. It must not leak.
 *
 * @since 0.1.0
 * @category encoding
 */
export const me = (user: User, options: FakeTogglOptions): string =>
  JSON.stringify({
    id: user.id,
    api_token: user.apiToken,
    email: user.email,
    fullname: user.fullName,
    timezone: "Etc/UTC",
    default_workspace_id: user.defaultWorkspaceId ?? options.workspaces[0]?.id ?? null,
    beginning_of_week: 1,
    image_url: "",
    country_id: null,
    has_password: true,
    openid_enabled: false
  })

/**
 * A refusal's text as a body. A 402 is always a bare sentence.
 *
 * @since 0.1.0
 * @category encoding
 */
export const failure = (status: number, text: string | null, shape: FakeTogglOptions["failureBody"]): string => {
  if (text === null) return ""
  if (status === 402) return text
  switch (shape) {
    case "jsonString":
      return JSON.stringify(text)
    case "plain":
      return text
    case "object":
      return JSON.stringify({ error_message: text })
    case "objectDefaultMessage":
      return JSON.stringify({ error_message: { default_message: text } })
    case "array":
      return JSON.stringify([text])
  }
}

const reasons = new Map([
  [403, "Forbidden"],
  [404, "Not Found"],
  [408, "Request Time-out"],
  [410, "Gone"],
  [429, "Too Many Requests"],
  [500, "Internal Server Error"],
  [502, "Bad Gateway"],
  [503, "Service Temporarily Unavailable"],
  [504, "Gateway Time-out"]
])

/**
 * What the proxy in front of the service answers: HTML, and no id of Toggl's.
 *
 * @since 0.1.0
 * @category constructors
 */
export const proxyPage = (status: number, headers: Readonly<Record<string, string>> = {}): Answer => {
  const title = `${status} ${reasons.get(status) ?? "Error"}`
  return {
    status,
    headers: { "content-type": "text/html", server: "nginx", ...headers },
    body: [
      `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n`,
      `<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`
    ].join("")
  }
}
