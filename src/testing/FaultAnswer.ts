// What others answer in Toggl's place, and what becomes of Toggl's own answers on the way.
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import type { Answer, WireRequest } from "./TogglWire.js"
import * as TogglWire from "./TogglWire.js"

const html = { "content-type": "text/html; charset=utf-8" }
const json = { "content-type": "application/json" }

const page = (title: string, text: string): string =>
  `<!doctype html><html><head><title>${title}</title></head><body>${text}</body></html>`

/** The page of a network that wants its guests to log in. */
export const captivePortal: Answer = {
  status: 200,
  headers: html,
  body: page("Welcome", "Accept our terms to go online.")
}

/** The page of a firewall, with the number that its own support asks for. */
export const firewall = (status: number, { sequence }: WireRequest): Answer => ({
  status,
  headers: { ...html, server: "cloudflare", "cf-ray": `${sequence.toString(16).padStart(16, "0")}-FRA` },
  body: page("Request blocked", "<h1>The request could not be understood by our security rules.</h1>")
})

/** What a service worker makes up while it believes the device offline. */
export const workerFallback: Answer = { status: 200, headers: json, body: JSON.stringify({ offline: true }) }

/** An empty 200. */
export const empty: Answer = { status: 200, headers: {}, body: "" }

/** The service says something else than a client. */
export const notAClient = ({ sequence }: WireRequest): Answer => ({
  status: 200,
  headers: { ...json, "x-toggl-request-id": TogglWire.requestId(sequence) },
  body: JSON.stringify({ message: "ok" })
})

/** An object within an object, so many times. */
export const nested = (depth: number, status: number): Answer => ({
  status,
  headers: json,
  body: `${'{"error_message":'.repeat(depth)}"deep"${"}".repeat(depth)}`
})

/** The whole request, `Authorization` included. */
export const echo = (status: number, { body, headers, method, path, query }: WireRequest): Answer => ({
  status,
  headers: { ...json, "x-echoed-authorization": headers["authorization"] ?? "" },
  body: JSON.stringify({ method, path, query: query.toString(), headers, body })
})

/** Toggl's answer with other values in its client; one without a client stays as it is. */
export const withClient = (own: Answer, client: Readonly<Record<string, unknown>>): Answer => {
  const { body } = own
  if (typeof body !== "string") return own
  const parsed = Either.try((): unknown => JSON.parse(body))
  return Either.isRight(parsed) && Predicate.isRecord(parsed.right) && Predicate.isNumber(parsed.right["id"])
    ? { ...own, body: JSON.stringify({ ...parsed.right, ...client }) }
    : own
}

/** Toggl's answer with other values in each of its clients, one or many; any other stays as it is. */
export const withFields = (own: Answer, fields: Readonly<Record<string, unknown>>): Answer => {
  const { body } = own
  if (typeof body !== "string") return own
  const changed = (item: unknown) => (Predicate.isRecord(item) ? { ...item, ...fields } : item)
  const parsed = Either.try((): unknown => JSON.parse(body))
  if (Either.isLeft(parsed) || !Array.isArray(parsed.right)) return withClient(own, fields)
  const items: ReadonlyArray<unknown> = parsed.right
  return { ...own, body: JSON.stringify(items.map(changed)) }
}

/** The first half of an answer's body, and then what `rest` does. */
export const half = (own: Answer, rest: (controller: ReadableStreamDefaultController<Uint8Array>) => void): Answer => ({
  ...own,
  body: () => {
    const bytes = typeof own.body === "string" ? new TextEncoder().encode(own.body) : new Uint8Array()
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(bytes.slice(0, Math.ceil(bytes.length / 2)))
      },
      pull: rest
    })
  }
})
