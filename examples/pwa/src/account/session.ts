// The session on the app's own server, which keeps the API token; or, without a server, a token that only this page has.
import { token, whoAmI } from "effect-toggl-clients/promise"
import { changeHeader, type Refusal, type Session, type SignIn } from "../../server/contract.ts"
import { baseUrl, here, isDirect } from "./address.ts"
import { desktop } from "./desktop.ts"
import type { Person } from "./who.ts"

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
      ...(method === "DELETE" ? { signal: AbortSignal.timeout(10_000) } : {}),
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

/** The token that only this page has, until it is closed. */
let held: string | undefined

export const heldToken = (): string | undefined => held

/** The sign-out that is under way, if any: an answer to it that comes late would end the next session. */
let leaving: Promise<unknown> = Promise.resolve()

export const signIn = async (text: string): Promise<Person> => {
  await leaving
  if (desktop !== undefined) return personSaid(await desktop.signIn(text))
  if (!isDirect) return personIn(await ask("POST", { token: text }))
  const { defaultWorkspaceId, userId } = await whoAmI(token(text), { baseUrl: baseUrl() })
  held = text
  return { account: String(userId), name: `User ${userId}`, email: "", workspaceId: defaultWorkspaceId }
}

const leave = async (): Promise<boolean> => {
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
export const signOut = (): Promise<boolean> => {
  held = undefined
  const left = leave()
  leaving = left.catch(() => undefined)
  return left
}
