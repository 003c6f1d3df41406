// Which entries go as one request. A plan is made as its first entry is about to be sent, and changes nothing in the log.
import type { Log } from "../instance/log.js"
import { attemptOf, type Entry } from "../log/entry.js"
import { bytesOf, makeTouches, type Names, type Touches } from "../log/names.js"
import * as Mutation from "../Mutation.js"
import { type Verdict, verdictOn } from "../log/verdict.js"

// No service is known to refuse so short a name for its length.
const surelyFits = 32

/** What to do about the entry that comes next. */
export type Plan =
  /** One request stands for these. `lacksNames`: it could for more, if all of the workspace's names were known. */
  | {
      readonly _tag: "Send"
      readonly entries: readonly [Entry, ...ReadonlyArray<Entry>]
      readonly mutation: Mutation.Mutation
      readonly lacksNames: boolean
    }
  /** A client that never left this device, from its create to its delete: there is nothing to send. */
  | { readonly _tag: "Nothing"; readonly entries: readonly [Entry, ...ReadonlyArray<Entry>] }

/** What is known of a workspace's names; `isWhole`: of all of them, as Toggl has just told. */
export interface KnownNames {
  readonly names: Names
  readonly isWhole: boolean
}

interface Workspace extends KnownNames {
  touches: Touches
  epoch: number
  last: number
}

/** The log, and what one run knows of the names in it. */
export interface Plans {
  readonly log: Log
  readonly workspaces: Map<number, Workspace>
}

export const make = (log: Log): Plans => ({ log, workspaces: new Map() })

export const renames = (mutation: Mutation.Mutation): boolean =>
  mutation._tag === "Update" && mutation.change.name !== undefined

const leadOf = (entry: Entry): number | undefined =>
  entry.state._tag === "Refused" ? undefined : attemptOf(entry)?.lead

/**
 * The numbers of the entries that the last request for this one stood for, where that may have been applied; of this one
 * alone where none did.
 */
export const groupOf = (log: Log, head: Entry): ReadonlyArray<Entry> => {
  const lead = leadOf(head)
  const group = [head]
  if (lead === undefined) return group
  for (const entry of log.entriesOf(Mutation.clientId(head.mutation), head.seq)) {
    if (leadOf(entry) !== lead) break
    group.push(entry)
  }
  return group
}

/** The entries behind the head, of its client, that may be sent together with it as far as their states go. */
const laterOf = function* ({ log }: Plans, head: Entry): Iterable<Entry> {
  if (head.apart === true) return
  const together = new Set(groupOf(log, head))
  const { held } = log.dependencies()
  for (const entry of log.entriesOf(Mutation.clientId(head.mutation), head.seq)) {
    if (entry.apart === true || held.has(entry.seq) || entry.seq > log.newerAt) return
    if (entry.state._tag !== "Pending" && !together.has(entry)) return
    yield entry
  }
}

/** Whether the plan depends on the workspace's names, and they have not been given. */
export const wantsNames = (plans: Plans, head: Entry): boolean => {
  if (plans.workspaces.has(head.mutation.workspaceId)) return false
  for (const { mutation } of laterOf(plans, head)) {
    if (mutation._tag === "Delete") return head.mutation._tag === "Create"
    if (mutation._tag !== "Update") return false
    if (renames(mutation)) return true
  }
  return false
}

export const setNames = ({ log, workspaces }: Plans, workspaceId: number, known: KnownNames): void => {
  const touches = makeTouches(known.names, log.clients.keyOf, log.resolve)
  workspaces.set(workspaceId, { ...known, touches, epoch: -1, last: 0 })
}

/** Keeps the names in step with what Toggl has just done. */
export const learn = ({ log, workspaces }: Plans, entries: ReadonlyArray<Entry>, verdict: Verdict): void => {
  for (const entry of entries) {
    const { mutation } = entry
    const own = verdictOn(verdict, entry)
    if (own._tag !== "Done") continue
    const names = workspaces.get(mutation.workspaceId)?.names
    const id = own.clientId ?? log.resolve(Mutation.clientId(mutation))
    if (own.client !== undefined) names?.put(own.client)
    else if (mutation._tag === "Delete" && id !== undefined) names?.remove(id)
  }
}

const touchesOf = ({ log, workspaces }: Plans, workspaceId: number): Workspace | undefined => {
  const workspace = workspaces.get(workspaceId)
  if (workspace === undefined) return undefined
  const add = (entry: Entry | undefined) => {
    if (entry?.mutation.workspaceId === workspaceId) workspace.touches.add(entry)
  }
  if (workspace.epoch !== log.epoch) {
    workspace.touches = makeTouches(workspace.names, log.clients.keyOf, log.resolve)
    for (const entry of log.entries.values()) add(entry)
  } else {
    for (let seq = workspace.last + 1; seq <= log.last; seq++) add(log.entries.get(seq))
  }
  workspace.epoch = log.epoch
  workspace.last = log.last
  return workspace
}

const keyOf = ({ log }: Plans, head: Entry) => log.clients.keyOf(Mutation.clientId(head.mutation))

/**
 * Tells of one entry after another whether its name may be asked for in place of those before it: nothing in between
 * takes or frees what it takes or frees, and Toggl would surely have accepted the names that it never gets to see.
 */
const renaming = (plans: Plans, head: Entry): ((later: Entry) => boolean) | undefined => {
  const workspace = touchesOf(plans, head.mutation.workspaceId)
  if (workspace?.isWhole !== true) return undefined
  const { names, touches } = workspace
  const id = plans.log.resolve(Mutation.clientId(head.mutation))
  let last = touches.changeOf(head.seq)?.after
  let longest = bytesOf(last ?? "")
  return (later) => {
    const change = touches.changeOf(later.seq)
    if (last === undefined || change?.after === undefined) return false
    const isClear = [change.takes, change.frees].every(
      (name) => name === undefined || touches.isClear(name, [head.seq, later.seq], keyOf(plans, head))
    )
    if (!isClear) return false
    const isSame = last === change.after
    if (!isSame && (bytesOf(last) === 0 || !names.isFree(last, id))) return false
    if (longest > Math.max(names.longest(), bytesOf(change.after))) return false
    last = change.after
    longest = Math.max(longest, bytesOf(last))
    return true
  }
}

/** From a create over its updates to the delete, where nobody will miss the client. */
const vanishing = (plans: Plans, head: Entry): readonly [Entry, ...ReadonlyArray<Entry>] | undefined => {
  if (head.mutation._tag !== "Create") return undefined
  const updates: Array<Entry> = []
  for (const entry of laterOf(plans, head)) {
    if (entry.mutation._tag === "Delete") {
      return isLast(plans.log, entry) && mayVanish(plans, head, updates, entry) ? [head, ...updates, entry] : undefined
    }
    if (entry.mutation._tag !== "Update") return undefined
    updates.push(entry)
  }
  return undefined
}

/** Whether nothing follows the delete: what asks for a client that is gone is refused, and holds others. */
const isLast = (log: Log, end: Entry): boolean => {
  for (const { mutation } of log.entriesOf(Mutation.clientId(end.mutation), end.seq)) {
    if (mutation._tag !== "Delete") return false
  }
  return true
}

const mayVanish = (plans: Plans, head: Entry, updates: ReadonlyArray<Entry>, end: Entry): boolean => {
  const workspace = touchesOf(plans, head.mutation.workspaceId)
  if (workspace === undefined) return false
  const { names, touches } = workspace
  const nameOf = (entry: Entry) => touches.changeOf(entry.seq)?.after
  const isClear = [head, ...updates].every((entry) => {
    const name = nameOf(entry)
    return name !== undefined && touches.isClear(name, [head.seq, end.seq], keyOf(plans, head))
  })
  const longest = Math.max(names.longest(), surelyFits)
  return (
    isClear &&
    updates.every((entry) => {
      const name = nameOf(entry) ?? ""
      return !renames(entry.mutation) || (bytesOf(name) <= longest && names.isFree(name, undefined))
    })
  )
}

export const plan = (plans: Plans, head: Entry): Plan => {
  const vanishes = vanishing(plans, head)
  if (vanishes !== undefined) return { _tag: "Nothing", entries: vanishes }
  let mutation = head.mutation
  let lacksNames = false
  const entries: [Entry, ...Array<Entry>] = [head]
  let mayRename: ReturnType<typeof renaming>
  for (const entry of laterOf(plans, head)) {
    const joined = Mutation.join(mutation, entry.mutation)
    if (joined === undefined) break
    if (renames(entry.mutation)) {
      mayRename ??= renaming(plans, head)
      lacksNames = mayRename === undefined
      if (mayRename?.(entry) !== true) break
    }
    mutation = joined
    entries.push(entry)
  }
  return { _tag: "Send", entries, mutation, lacksNames }
}
