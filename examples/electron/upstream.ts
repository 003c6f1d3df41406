// What reaches Toggl from Electron's main process: Chromium's network stack, which knows the system's proxy and certificates, made to
// keep what the library's proxy asks of a `fetch`: each request once, no redirect, no cookie, and a word on what never left.
import type { NetSession } from "./electron.ts"

// By this the library knows it: `ClientsApi.Unsent` has it too, but comes with Effect.
const brand: unique symbol = Symbol.for("effect-toggl-clients/Unsent")

class Unsent extends Error {
  override readonly name = "Unsent"
  readonly [brand] = true
}

// Chromium says them before there is a connection. All others, as ERR_CONNECTION_RESET, may come after Toggl has done it.
const early = /^net::ERR_(INTERNET_DISCONNECTED|NAME_NOT_RESOLVED|CONNECTION_REFUSED|ADDRESS_UNREACHABLE)$/

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : "")

const send = async (session: NetSession, url: string, init: RequestInit): Promise<Response> => {
  try {
    // without an origin Electron would send the cookies that the session has, and keep Toggl's
    return await session.fetch(url, { ...init, credentials: "omit", cache: "no-store", redirect: "manual" })
  } catch (thrown) {
    const message = messageOf(thrown)
    if (early.test(message)) throw new Unsent(message)
    // Electron hides what `manual` gives elsewhere
    if (message === "Redirect was cancelled") return new Response(null, { status: 302 })
    throw thrown
  }
}

/** Its body read, for the connection is closed before the next change. */
const whole = async (response: Response): Promise<Response> => {
  const { headers, status } = response
  const bytes = await response.arrayBuffer()
  return new Response(bytes.byteLength === 0 ? null : bytes, { status, headers })
}

const settled = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    () => undefined
  )

/**
 * `fetch` over two of Electron's sessions. Chromium repeats a request by itself, also a POST, where a connection that it has used before
 * breaks; and what the repeat says, as ERR_CONNECTION_REFUSED, says nothing of the first. So each change gets a new connection, in a
 * session that no read uses, and changes go one at a time.
 */
export const upstream = (reads: NetSession, changes: NetSession): typeof fetch => {
  let last: Promise<unknown> = Promise.resolve()
  return (input, init = {}) => {
    const url = input instanceof Request ? input.url : String(input)
    if (input instanceof Request) return Promise.reject(new Unsent("an address is wanted here"))
    if (["GET", "HEAD"].includes(init.method ?? "GET")) return send(reads, url, init)
    const mine = last.then(async () => {
      if (init.signal?.aborted === true) throw new Unsent("its time was over before its turn came")
      try {
        await changes.closeAllConnections()
      } catch {
        throw new Unsent("a new connection cannot be had")
      }
      return whole(await send(changes, url, init))
    })
    last = settled(mine)
    return mine
  }
}
