// What all of the API answers by, and whose pages it lets in.
import { changeHeader, type Refusal } from "./contract.ts"

export type Handler = (request: Request) => Promise<Response>

type Headers = Readonly<Record<string, string>>

const always: Headers = { "cache-control": "no-store", "x-content-type-options": "nosniff" }

/** An answer; of `undefined` one without a body. */
export const answer = (status: number, body: object | undefined, headers: Headers = {}): Response =>
  body === undefined
    ? new Response(null, { status, headers: { ...always, ...headers } })
    : new Response(JSON.stringify(body), {
        status,
        headers: { ...always, "content-type": "application/json", ...headers }
      })

/** Why not, in a sentence for the user. */
export const refuse = (status: number, message: string, headers?: Headers): Response =>
  answer(status, { message } satisfies Refusal, headers)

/** Browsers say whose page asks. What is no browser says nothing, and so does a service worker of its own pages. */
const isSameOrigin = ({ headers, url }: Request): boolean => {
  const site = headers.get("sec-fetch-site")
  return site === null ? [null, new URL(url).origin].includes(headers.get("origin")) : site === "same-origin"
}

/** Answers by method. No other site's page gets in, and none changes anything. */
export const byMethod =
  (methods: Readonly<Partial<Record<string, Handler>>>): Handler =>
  async (request) => {
    const name = request.method === "HEAD" ? "GET" : request.method
    const handler = methods[name]
    if (handler === undefined) {
      const allow = Object.keys(methods).join(", ")
      return refuse(405, `This takes ${allow} only.`, { allow })
    }
    if (!isSameOrigin(request) || (name !== "GET" && !request.headers.has(changeHeader))) {
      return refuse(403, "Only pages of this app may ask.")
    }
    const given = await handler(request)
    return request.method === "HEAD" ? new Response(null, given) : given
  }

/** Nothing is there, whoever asks. */
export const nothingThere = (): Response => refuse(404, "There is nothing at this address.")

const longest = 20_000

/** The body as JSON; `undefined` where it is none, or too long. */
export const jsonOf = async (request: Request): Promise<unknown> => {
  try {
    let text = ""
    const decoder = new TextDecoder("utf-8", { fatal: true })
    const reader = request.body?.getReader()
    for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
      text += decoder.decode(part.value, { stream: true })
      if (text.length > longest) return undefined
    }
    const json: unknown = JSON.parse(text + decoder.decode())
    return json
  } catch {
    return undefined
  }
}

/** What a JSON object has under a key. */
export const at = (json: unknown, key: string): unknown =>
  typeof json === "object" && json !== null ? new Map<string, unknown>(Object.entries(json)).get(key) : undefined

/** The text that a JSON object has under a key; empty where it has none. */
export const textAt = (json: unknown, key: string): string => {
  const value = at(json, key)
  return typeof value === "string" ? value : ""
}
