// Who is signed in on this device. It must be known offline too, so it is kept; no token is. All tabs agree on it.
import { createStore, get, set } from "idb-keyval"
import { useSyncExternalStore } from "react"

export interface Person {
  /** Names the database: Toggl's id of the user. */
  readonly account: string
  readonly name: string
  /** Empty where it is not known. */
  readonly email: string
  readonly workspaceId: number | undefined
}

/** Somebody whose clients are on this device, signed in or not. */
export interface Known extends Person {
  /** How many changes of theirs waited when they left. */
  readonly waiting: number
}

export type Who =
  | { readonly _tag: "Loading" }
  | {
      readonly _tag: "Nobody"
      readonly known: ReadonlyArray<Known>
      /** The server could not be told that they left: its session is still theirs. */
      readonly isSessionLeft: boolean
    }
  | { readonly _tag: "Somebody"; readonly person: Person; readonly known: ReadonlyArray<Known> }

interface Kept {
  readonly account: string | undefined
  readonly isSessionLeft: boolean
  readonly known: ReadonlyArray<Known>
}

const key = "who"
const database = createStore("toggl-clients-app", "who")
const channel = new BroadcastChannel("toggl-clients-app")

let who: Who = { _tag: "Loading" }
const listeners = new Set<() => void>()

const isKnown = (value: unknown): value is Known =>
  typeof value === "object" && value !== null && "account" in value && "name" in value

const whoOf = ({ account, isSessionLeft, known }: Kept): Who => {
  const person = known.find((one) => one.account === account)
  return person === undefined ? { _tag: "Nobody", known, isSessionLeft } : { _tag: "Somebody", person, known }
}

const show = (next: Who): void => {
  who = next
  for (const listener of listeners) listener()
}

const nothing: Kept = { account: undefined, isSessionLeft: false, known: [] }

const read = async (): Promise<Kept> => {
  const kept = await get<unknown>(key, database)
  if (typeof kept !== "object" || kept === null || !("known" in kept) || !Array.isArray(kept.known)) {
    return nothing
  }
  const account = "account" in kept && typeof kept.account === "string" ? kept.account : undefined
  const isSessionLeft = "isSessionLeft" in kept && kept.isSessionLeft === true
  return { account, isSessionLeft, known: kept.known.filter(isKnown) }
}

// A browser without storage still has an app for as long as the page is open.
let here: Kept = nothing

const readAgain = async (): Promise<void> => {
  here = await read().catch(() => here)
  show(whoOf(here))
}

const write = async (kept: Kept): Promise<void> => {
  here = kept
  show(whoOf(kept))
  await set(key, kept, database).catch(() => undefined)
  channel.postMessage("changed")
}

channel.onmessage = () => void readAgain()

const others = (account: string) => here.known.filter((one) => one.account !== account)

export const load = (): void => void readAgain()

/** From now on it is them, in all tabs. The workspace that they last used is kept. */
export const enter = (person: Person): Promise<void> => {
  const before = here.known.find((one) => one.account === person.account)
  const workspaceId = before?.workspaceId ?? person.workspaceId
  return write({
    account: person.account,
    isSessionLeft: false,
    known: [...others(person.account), { ...person, workspaceId, waiting: 0 }]
  })
}

export const chooseWorkspace = (person: Person, workspaceId: number): Promise<void> =>
  write({ ...here, known: [...others(person.account), { ...person, workspaceId, waiting: 0 }] })

/** Nobody is signed in any more. */
export const leave = (person: Person, waiting: number, isSessionLeft: boolean): Promise<void> =>
  write({ account: undefined, isSessionLeft, known: [...others(person.account), { ...person, waiting }] })

/** As `leave`, and they are not known here any more. */
export const forget = (person: Person, isSessionLeft: boolean): Promise<void> =>
  write({ account: undefined, isSessionLeft, known: others(person.account) })

/** The server has been told. */
export const sessionIsOver = (): Promise<void> => write({ ...here, isSessionLeft: false })

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useWho = (): Who => useSyncExternalStore(subscribe, () => who)
