// Who is signed in on this device. It must be known offline too, so it is kept; no token is. All tabs agree on it.
import { createStore, get, update } from "idb-keyval"
import { useSyncExternalStore } from "react"
import { inTime } from "../parts/inTime.ts"

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

const keptOf = (kept: unknown): Kept => {
  if (typeof kept !== "object" || kept === null || !("known" in kept) || !Array.isArray(kept.known)) {
    return nothing
  }
  const account = "account" in kept && typeof kept.account === "string" ? kept.account : undefined
  const isSessionLeft = "isSessionLeft" in kept && kept.isSessionLeft === true
  return { account, isSessionLeft, known: kept.known.filter(isKnown) }
}

// A browser without storage still has an app for as long as the page is open.
let here: Kept = nothing
let isStoring = true

/** Whether it was done in time, without a failure. */
const isDone = async (work: Promise<unknown>): Promise<boolean> => (await inTime(work.then(() => true))) === true

// How often this page has changed who it is.
let changes = 0

/** What comes too late still counts, unless somebody has come or gone here meanwhile. */
const readAgain = async (): Promise<void> => {
  if (!isStoring) return
  const before = changes
  let isLate = false
  const reading = get<unknown>(key, database).then((kept) => {
    if (isLate && changes !== before) return
    here = keptOf(kept)
    if (!isLate) return
    isStoring = true
    show(whoOf(here))
  })
  isStoring = await isDone(reading)
  isLate = !isStoring
  show(whoOf(here))
}

/** Over what is stored, for another tab may have changed it. */
const change = async (next: (kept: Kept) => Kept): Promise<void> => {
  changes++
  let made: Kept | undefined
  if (isStoring) {
    const stored = update<unknown>(
      key,
      (kept) => {
        made = next(keptOf(kept))
        return made
      },
      database
    )
    isStoring = await isDone(stored)
  }
  here = made ?? next(here)
  show(whoOf(here))
  channel.postMessage("changed")
}

channel.onmessage = () => void readAgain()

const of = ({ known }: Kept, account: string) => known.find((one) => one.account === account)

const others = ({ known }: Kept, account: string) => known.filter((one) => one.account !== account)

export const load = (): void => void readAgain()

/** Those who come keep the workspace that they last used. How many changes of theirs wait is told when they leave. */
const withPerson = (kept: Kept, person: Person): Kept => {
  const before = of(kept, person.account)
  const workspaceId = before?.workspaceId ?? person.workspaceId
  const { account, email, name } = person
  return {
    ...kept,
    account,
    known: [...others(kept, account), { account, name, email, workspaceId, waiting: before?.waiting ?? 0 }]
  }
}

/** They have signed in, so the session is theirs: from now on it is them, in all tabs. */
export const enter = (person: Person): Promise<void> =>
  change((kept) => ({ ...withPerson(kept, person), isSessionLeft: false }))

/** They are who the server knew a moment ago, unless somebody has come or signed out meanwhile. */
export const enterIfNobody = (person: Person): Promise<void> =>
  change((kept) => (kept.account === undefined && !kept.isSessionLeft ? withPerson(kept, person) : kept))

/** They look at what is on this device. Whose session the server has does not change. */
export const look = (person: Person): Promise<void> => change((kept) => withPerson(kept, person))

/** Of somebody whom another tab has forgotten nothing comes back. */
export const chooseWorkspace = ({ account }: Person, workspaceId: number): Promise<void> =>
  change((kept) => ({
    ...kept,
    known: kept.known.map((one) => (one.account === account ? { ...one, workspaceId } : one))
  }))

const without = (kept: Kept, { account }: Person, isSessionLeft: boolean): Kept =>
  // another tab may have let somebody else in
  kept.account === undefined || kept.account === account ? { ...kept, account: undefined, isSessionLeft } : kept

/** Nobody is signed in any more. `waiting` is `undefined` where it could not be told. */
export const leave = (person: Person, waiting: number | undefined, isSessionLeft: boolean): Promise<void> =>
  change((kept) => ({
    ...without(kept, person, isSessionLeft),
    known: kept.known.map((one) => (one.account === person.account ? { ...one, waiting: waiting ?? one.waiting } : one))
  }))

/** As `leave`, and they are not known here any more. */
export const forget = (person: Person, isSessionLeft: boolean): Promise<void> =>
  change((kept) => ({ ...without(kept, person, isSessionLeft), known: others(kept, person.account) }))

/** The server has been told. */
export const sessionIsOver = (): Promise<void> => change((kept) => ({ ...kept, isSessionLeft: false }))

/** Whether the server's session is still of somebody who has signed out, as this page knows. */
export const isSessionLeft = (): boolean => here.isSessionLeft

/** Whether the server's session is to end: it was left, or nobody else than them has come since. Another tab's doing counts too. */
export const isToEnd = async (leaving: Person | undefined): Promise<boolean> => {
  await readAgain()
  const { account, isSessionLeft } = here
  return isSessionLeft || (leaving !== undefined && (account === undefined || account === leaving.account))
}

/** Which account it is about, if any, as this page knows. */
export const accountHere = (): string | undefined => here.account

export const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

export const useWho = (): Who => useSyncExternalStore(subscribe, () => who)
