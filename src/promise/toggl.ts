// The whole of it, as its users see it.
import type {
  Client,
  ClientView,
  DiscardedEntry,
  Ending,
  EntryView,
  Flushed,
  MovedEntry,
  OtherOutbox,
  Outcome,
  Quota,
  Receipt,
  SignedIn,
  Status,
  View
} from "./models.js"
import type {
  CallOptions,
  ClientsOptions,
  CreateInput,
  Credentials,
  ExportOptions,
  FlushOptions,
  GetOptions,
  ReadOptions,
  RestoreInput,
  StoreOptions,
  UpdateInput
} from "./options.js"
import type { ClientSnapshot, ClientsSnapshot, EntriesSnapshot, StatusSnapshot, Store } from "./snapshots.js"

/**
 * Toggl's clients for one account, with the outbox. Its functions work detached.
 *
 * @since 0.1.0
 * @category models
 */
export interface TogglClients {
  /**
   * The clients as the app should show them: Toggl's last known state with the pending changes on it, also offline.
   *
   * @example
   * import { isErrorOf, type TogglClients } from "effect-toggl-clients/promise"
   *
   * const names = async (toggl: TogglClients) => {
   *   try {
   *     const clients = await toggl.list(2230580, { freshness: "1 minute" })
   *     return clients.map(({ name, pending }) => (pending ? `${name} (not sent yet)` : name))
   *   } catch (error) {
   *     if (isErrorOf("list", error) && error._tag === "NoLocalCopy") return [] // offline, and never asked before
   *     throw error
   *   }
   * }
   */
  readonly list: (workspaceId: number, options?: ReadOptions) => Promise<ReadonlyArray<ClientView>>
  /** As `list`, with where the state comes from and from when. */
  readonly view: (workspaceId: number, options?: ReadOptions) => Promise<View>
  /** One client as the app should show it, by Toggl's id or a local one. */
  readonly get: (workspaceId: number, id: number, options?: GetOptions) => Promise<ClientView>
  /**
   * Creates a client. Offline it gets a local id, which goes on working when Toggl has given its own.
   *
   * @example
   * import { describe, type TogglClients } from "effect-toggl-clients/promise"
   *
   * const add = async (toggl: TogglClients, name: string, signal: AbortSignal) => {
   *   const receipt = await toggl.create(2230580, { name }, { signal })
   *   return receipt._tag === "Confirmed" ? `Toggl has it as ${receipt.id}` : describe(receipt.reason, Date.now())
   * }
   */
  readonly create: (workspaceId: number, input: CreateInput, call?: CallOptions) => Promise<Receipt<Client>>
  /**
   * Changes a client's name, notes or both; what is left out stays, also where a colleague changed it meanwhile.
   *
   * @example
   * import type { TogglClients } from "effect-toggl-clients/promise"
   *
   * // the id of a receipt works at once, also where it is a local one
   * const addWithNotes = async (toggl: TogglClients, name: string) => {
   *   const { id } = await toggl.create(2230580, { name })
   *   return toggl.update(2230580, id, { notes: "net 30" })
   * }
   */
  readonly update: (
    workspaceId: number,
    id: number,
    change: UpdateInput,
    call?: CallOptions
  ) => Promise<Receipt<Client>>
  /** Deletes a client; its projects stay. One that is gone already counts as deleted. */
  readonly delete: (workspaceId: number, id: number, call?: CallOptions) => Promise<Receipt<undefined>>
  /** Archives a client with its active projects, whose ids are the receipt's value: missing where the answer got lost. */
  readonly archive: (
    workspaceId: number,
    id: number,
    call?: CallOptions
  ) => Promise<Receipt<ReadonlyArray<number> | undefined>>
  /** Restores an archived client, and of its projects those that `input` names. */
  readonly restore: (
    workspaceId: number,
    id: number,
    input?: RestoreInput,
    call?: CallOptions
  ) => Promise<Receipt<Client>>

  /**
   * The clients of a workspace as a store. Equal options give the same store, until its last listener has gone.
   *
   * @example
   * import { useSyncExternalStore } from "react"
   * import type { TogglClients } from "effect-toggl-clients/promise"
   *
   * const useClients = (toggl: TogglClients) => {
   *   const { subscribe, getSnapshot, getServerSnapshot } = toggl.clients(2230580, { status: "both" })
   *   return useSyncExternalStore(subscribe, getSnapshot, getServerSnapshot)
   * }
   */
  readonly clients: (workspaceId: number, options?: ClientsOptions) => Store<ClientsSnapshot>
  /**
   * One client as a store, by either id: it is followed from its local one to Toggl's.
   *
   * @example
   * import type { TogglClients } from "effect-toggl-clients/promise"
   *
   * const title = (toggl: TogglClients, id: number) => {
   *   const stop = toggl.client(2230580, id).subscribe(({ client }) => {
   *     document.title = client?.name ?? "..."
   *   })
   *   return stop
   * }
   */
  readonly client: (workspaceId: number, id: number, options?: StoreOptions) => Store<ClientSnapshot>
  /**
   * All entries of the outbox as a store: those that wait, the refused, and rows that cannot be read.
   *
   * @example
   * import { describe, type TogglClients } from "effect-toggl-clients/promise"
   *
   * const log = (toggl: TogglClients) =>
   *   toggl.entries().subscribe(({ entries }) => {
   *     for (const { nameAfter, reason, refused } of entries) {
   *       console.log(nameAfter, refused?.message ?? (reason && describe(reason, Date.now())))
   *     }
   *   })
   */
  readonly entries: () => Store<EntriesSnapshot>
  /**
   * What is true of the queue as a store, whichever tab causes it.
   *
   * @example
   * import { describe, type TogglClients } from "effect-toggl-clients/promise"
   *
   * const log = (toggl: TogglClients) =>
   *   toggl.status().subscribe(({ status }) => {
   *     if (status !== undefined) console.log(describe(status, Date.now()))
   *   })
   */
  readonly status: () => Store<StatusSnapshot>

  /** What is true of the queue now. */
  readonly readStatus: (call?: CallOptions) => Promise<Status>
  /** All entries in their order, once. */
  readonly readEntries: (call?: CallOptions) => Promise<ReadonlyArray<EntryView>>
  /** What Toggl last said of a workspace's hourly quota, where it did. */
  readonly quota: (workspaceId: number, call?: CallOptions) => Promise<Quota | undefined>
  /** How an entry stands or ended, also after a restart. */
  readonly outcome: (entryId: string, call?: CallOptions) => Promise<Outcome>
  /**
   * Waits until an entry has ended, however long that takes and whichever tab sends it.
   *
   * @example
   * import type { TogglClients } from "effect-toggl-clients/promise"
   *
   * const whenSent = async (toggl: TogglClients, entryId: string) => {
   *   const ending = await toggl.awaitOutcome(entryId, { signal: AbortSignal.timeout(60_000) })
   *   return ending._tag === "Done" ? ending.clientId : ending._tag
   * }
   */
  readonly awaitOutcome: (entryId: string, call?: CallOptions) => Promise<Ending>
  /** Waits until Toggl has all that can be sent. */
  readonly awaitDrained: (call?: CallOptions) => Promise<void>
  /**
   * Sends what was accepted before, as far as that works now, and tells what came of it.
   *
   * @example
   * import type { TogglClients } from "effect-toggl-clients/promise"
   *
   * const beforeLeaving = async (toggl: TogglClients) => {
   *   const { sent, waiting } = await toggl.flush({ timeLimit: "10 seconds" })
   *   return `${sent} sent, ${waiting.length} stay on this device`
   * }
   */
  readonly flush: (options?: FlushOptions) => Promise<Flushed>

  /**
   * Sends a refused or set-aside entry again in its old place, with another name or other notes where `edit` gives them.
   *
   * @example
   * import type { TogglClients } from "effect-toggl-clients/promise"
   *
   * const renameRefused = async (toggl: TogglClients) => {
   *   for (const { id, refused } of await toggl.readEntries()) {
   *     if (id === undefined || refused?._tag !== "InvalidName") continue
   *     await toggl.retry(id, { name: `${refused.name} (2)` })
   *   }
   * }
   */
  readonly retry: (entryId: string, edit?: UpdateInput, call?: CallOptions) => Promise<void>
  /**
   * Takes an entry out of the outbox with all that depends on it, and gives all that went.
   *
   * @example
   * import type { TogglClients } from "effect-toggl-clients/promise"
   *
   * const giveUp = async (toggl: TogglClients, entryId: string) => {
   *   const gone = await toggl.discard(entryId)
   *   return gone.some(({ mayHaveBeenApplied }) => mayHaveBeenApplied) ? "Toggl may have it: look there" : "undone"
   * }
   */
  readonly discard: (
    entry:
      | string
      | {
          /** The place of a row that cannot be read, as its entry tells it. */
          readonly seq: number
        },
    call?: CallOptions
  ) => Promise<ReadonlyArray<DiscardedEntry>>
  /** Settles an `Undecided` create or rename as that client of Toggl's. */
  readonly adopt: (entryId: string, clientId: number, call?: CallOptions) => Promise<void>
  /**
   * All entries as JSON for a file of the user's; with `take` they leave the outbox, and are kept until `confirmExport`.
   *
   * @example
   * import type { TogglClients } from "effect-toggl-clients/promise"
   *
   * const saveAs = async (toggl: TogglClients, save: (json: string) => Promise<void>) => {
   *   const json = await toggl.exportEntries({ take: true })
   *   await save(json)
   *   await toggl.confirmExport(json) // until then they are kept here too
   * }
   */
  readonly exportEntries: (options?: ExportOptions) => Promise<string>
  /** Says that a file of taken entries is in safety: they are no longer kept here. Gives how many there were. */
  readonly confirmExport: (json: string, call?: CallOptions) => Promise<number>
  /** The entries that were taken into a file which nobody has confirmed yet. */
  readonly moved: (call?: CallOptions) => Promise<ReadonlyArray<MovedEntry>>
  /** Adds the entries of a file to the end of this outbox, each once, and gives how many were new. */
  readonly importEntries: (json: string, call?: CallOptions) => Promise<number>
  /** Outboxes in other databases of this browser, with changes that this one does not send. */
  readonly others: (call?: CallOptions) => Promise<ReadonlyArray<OtherOutbox>>
  /** Moves the changes of another database to the end of this outbox, and gives how many came. */
  readonly takeOver: (other: Pick<OtherOutbox, "account" | "baseUrl">, call?: CallOptions) => Promise<number>

  /** Sends nothing until `resume`, over restarts and in all tabs. Changes are still accepted. */
  readonly pause: (call?: CallOptions) => Promise<void>
  /** Ends any pause, and tries credentials that Toggl has refused once more. */
  readonly resume: (call?: CallOptions) => Promise<void>
  /** Tries now instead of backing off further, and does not wait for what comes of it: `flush` does. */
  readonly replayNow: (call?: CallOptions) => Promise<void>
  /** Asks the browser to keep what is stored here, and gives its answer; `undefined` where nobody says. */
  readonly persist: (call?: CallOptions) => Promise<boolean | undefined>
  /**
   * Sets credentials, or asks their source again, tries them once, and tells whose they are.
   *
   * @example
   * import { isWrongAccount, token, type TogglClients } from "effect-toggl-clients/promise"
   *
   * const signIn = async (toggl: TogglClients, text: string) => {
   *   try {
   *     const { checked } = await toggl.signIn(token(text))
   *     return checked ? "signed in" : "signed in, and checked as soon as Toggl can be reached"
   *   } catch (error) {
   *     if (isWrongAccount(error)) return "these are another user's"
   *     throw error
   *   }
   * }
   */
  readonly signIn: (credentials?: Credentials, call?: CallOptions) => Promise<SignedIn>
  /** Sends nothing until somebody has signed in anew. Everything stays on this device. */
  readonly signOut: (call?: CallOptions) => Promise<void>
  /** Removes everything of this account from this device, what was not sent included. Never undone. */
  readonly purge: (call?: CallOptions) => Promise<void>

  /**
   * Closes it, and resolves once nothing of it is left. Who has called before hears what an aborted `signal` would let them hear,
   * with `Closed` in place of its reason: `Queued` where their change was accepted, what came of it where the outbox was being written
   * to, which is waited for, and `Closed` otherwise. Later calls reject with `Closed`; stores keep their last snapshot. It may be called
   * twice, and it may be opened again at once. Where `open` gave it several times, the last `close` closes it.
   *
   * @example
   * import { open, proxy } from "effect-toggl-clients/promise"
   *
   * const toggl = open({ account: "anna", credentials: proxy(), baseUrl: "/api/toggl" })
   *
   * // a module that is replaced, a test that ends
   * const end = async () => {
   *   await toggl.flush({ timeLimit: "1 second" })
   *   await toggl.close()
   * }
   */
  readonly close: () => Promise<void>
}
