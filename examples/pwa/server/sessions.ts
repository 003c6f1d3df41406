// Who is signed in, and where that is kept.

/** One who is signed in: what the server knows, and no page sees the token of. */
export interface StoredSession {
  readonly token: string
  readonly userId: number
  readonly name: string
  readonly email: string
  readonly workspaceId: number | undefined
}

/** Where sessions are kept. `put` and `remove` give the headers that the answer is to have. */
export interface Sessions {
  readonly get: (request: Request) => StoredSession | undefined
  readonly put: (request: Request, session: StoredSession) => Readonly<Record<string, string>>
  readonly remove: (request: Request) => Readonly<Record<string, string>>
}

/** The one session of a place that only one person uses: no cookie tells it. `changed` hears of each change. */
export const only = (
  session?: StoredSession,
  changed: (session: StoredSession | undefined) => void = () => undefined
): Sessions => {
  let now = session
  const change = (next: StoredSession | undefined) => {
    now = next
    changed(next)
    return {}
  }
  return { get: () => now, put: (_, next) => change(next), remove: () => change(undefined) }
}

const lasts = 30 * 24 * 3600

// So many, and the oldest goes: each is someone who had a right token.
const most = 10_000

// A cookie goes to all ports of a host: each server has its own name.
const nameOf = ({ port }: URL): string => `toggl-clients${port}`

const idOf = (request: Request): string | undefined => {
  const wanted = `${nameOf(new URL(request.url))}=`
  const cookies = (request.headers.get("cookie") ?? "").split("; ")
  return cookies.find((cookie) => cookie.startsWith(wanted))?.slice(wanted.length)
}

const randomId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, "0")).join("")

/**
 * Sessions in memory, each known by a cookie that no script can read and no other site's page sends. They end with the server: keep
 * them in a database where that is too early. `path` is where the API is, such as `/api/`.
 */
export const byCookie = (path: string): Sessions => {
  const kept = new Map<string, { readonly session: StoredSession; readonly until: number }>()
  const cookie = (request: Request, id: string, seconds: number) => {
    const url = new URL(request.url)
    const secure = url.protocol === "https:" ? "; Secure" : ""
    return {
      "set-cookie": `${nameOf(url)}=${id}; Path=${path}; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`
    }
  }
  const forget = (request: Request) => kept.delete(idOf(request) ?? "")
  return {
    get: (request) => {
      const found = kept.get(idOf(request) ?? "")
      return found !== undefined && Date.now() < found.until ? found.session : undefined
    },
    put: (request, session) => {
      forget(request)
      const [oldest] = kept.keys()
      if (oldest !== undefined && kept.size >= most) kept.delete(oldest)
      // a new id for each sign-in: one that was planted before is worth nothing
      const id = randomId()
      kept.set(id, { session, until: Date.now() + lasts * 1000 })
      return cookie(request, id, lasts)
    },
    remove: (request) => {
      forget(request)
      return cookie(request, "", 0)
    }
  }
}
