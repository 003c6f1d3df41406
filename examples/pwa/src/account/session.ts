// The session on the app's own server, which keeps the API token; or, without a server, a token that only this page has.
import { token, whoAmI } from "effect-toggl-clients/promise"
import { changeHeader, type Refusal, type Session, type SignIn } from "../../server/contract.ts"
import { baseUrl, here, isDirect } from "./address.ts"
import { desktop } from "./desktop.ts"
import { accountHere, enter, isToEnd, type Person, sessionIsOver, subscribe } from "./who.ts"

/** Why nobody could be signed in, in a sentence. */
export class SessionError extends Error {
  override readonly name = "SessionError"
}

const unreachable = "This app's server cannot be reached. Check the network, and try again."

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

const isSession = (value: unknown): value is Session =>
  isRecord(value) && isRecord(value["user"]) && typeof value["user"]["id"] === "number"

const isRefusal = (value: unknown): value is Refusal => isRecord(value) && typeof value["message"] === "string"

/** Whether whoever signed in has to do so again at the next start, for the desktop's system keeps no secret safe. */
let isForgotten = false

export const isForgottenAtEnd = (): boolean => isForgotten

const ask = async (method: "GET" | "POST" | "DELETE", signIn?: SignIn): Promise<Response> => {
  try {
    return await fetch(here("api/session"), {
      method,
      // no other site's page can send this header: it is how the server knows the app's own
      headers: { "content-type": "application/json", [changeHeader]: "page" },
      cache: "no-store",
      // the next one waits for these
      ...(method === "GET" ? {} : { signal: AbortSignal.timeout(method === "POST" ? 60_000 : 10_000) }),
      ...(signIn === undefined ? {} : { body: JSON.stringify(signIn) })
    })
  } catch {
    throw new SessionError(unreachable)
  }
}

const personOf = (status: number, said: unknown): Person => {
  if (status < 300 && isSession(said)) {
    const { isKept, user, workspaceId } = said
    isForgotten = isKept === false
    // Toggl's id of them never changes, as an address may: it names the database
    return { account: String(user.id), name: user.name, email: user.email, workspaceId }
  }
  throw new SessionError(isRefusal(said) ? said.message : `${unreachable} It answered ${status}.`)
}

const personIn = async (answer: Response): Promise<Person> =>
  personOf(answer.status, await answer.json().catch(() => undefined))

/** The desktop app says by IPC what the server says on the web. */
const personSaid = (answer: unknown): Person =>
  isRecord(answer) && typeof answer["status"] === "number"
    ? personOf(answer["status"], answer["body"])
    : personOf(500, undefined)

/** Whoever the server knows, if anybody. */
export const current = async (): Promise<Person | undefined> => {
  if (isDirect) return undefined
  const answer = await ask("GET")
  return answer.status === 401 ? undefined : personIn(answer)
}

/** The token that only this page has, until it is closed or its user is not signed in any more. */
let held: { readonly account: string; readonly text: string } | undefined

export const heldToken = (account: string): string | undefined => (held?.account === account ? held.text : undefined)

// Who signs out in another tab has left this one too.
let before = accountHere()
subscribe(() => {
  const now = accountHere()
  if (now !== before && held?.account === before) held = undefined
  before = now
})

const locked = <A>(work: () => Promise<A>): Promise<A> =>
  new Promise((resolve) => {
    const begin = async () => {
      const done = work()
      resolve(done)
      await done.catch(() => undefined)
    }
    const lock = async () => navigator.locks.request("toggl-clients-app session", begin)
    // an origin that is not secure has no locks, and where the browser refuses storage it may refuse them too
    lock().catch(begin)
  })

let last: Promise<unknown> = Promise.resolve()

/** One at a time, in all tabs: what ends somebody's session is not to end the next one's. */
const alone = <A>(work: () => Promise<A>): Promise<A> => {
  const next = last.then(() => locked(work))
  last = next.catch(() => undefined)
  return next
}

const begin = async (text: string): Promise<Person> => {
  if (desktop !== undefined) return personSaid(await desktop.signIn(text))
  if (!isDirect) return personIn(await ask("POST", { token: text }))
  const { defaultWorkspaceId, userId } = await whoAmI(token(text), { baseUrl: baseUrl() })
  const account = String(userId)
  held = { account, text }
  return { account, name: `User ${userId}`, email: "", workspaceId: defaultWorkspaceId }
}

/** Signs them in, and from then on it is them. */
export const signIn = (text: string): Promise<Person> =>
  alone(async () => {
    const person = await begin(text)
    await enter(person)
    return person
  })

const end = async (): Promise<boolean> => {
  if (desktop !== undefined) {
    const said = await desktop.signOut()
    const isRefused = isRecord(said) && typeof said["status"] === "number" && said["status"] >= 400
    if (isRefused) throw new SessionError(isRefusal(said["body"]) ? said["body"].message : "The token is still kept.")
    return true
  }
  if (isDirect) return true
  return ask("DELETE").then(
    ({ ok }) => ok,
    () => false
  )
}

/** Whether the server knows that they left: not where it cannot be reached. Rejects where the desktop app still has the token. */
export const signOut = (person: Person): Promise<boolean> => {
  if (held?.account === person.account) held = undefined
  return alone(async () => !(await isToEnd(person)) || end())
}

/** The same for a session that was left, unless somebody has signed in since. */
export const endLeft = (): Promise<boolean> =>
  alone(async () => {
    if (!(await isToEnd(undefined))) return true
    const isEnded = await end()
    if (isEnded) await sessionIsOver()
    return isEnded
  })
