// The view of a workspace that all who look at it share: worked out once a change, and only for the clients that it touches.
import { type AnyClientId, type Filter, isLocalClientId, matches, type WorkspaceId } from "../Client.js"
import type { HeldCopy } from "../instance/copies.js"
import type { Log } from "../instance/log.js"
import { workspaceOf } from "../log/state.js"
import type { ClientView, View } from "../View.js"
import { laid, overlay } from "./overlay.js"
import { changed, type From, isSame, matching, viewOf } from "./shown.js"

const nobody: View = viewOf([], { source: "Local", fetchedAt: undefined, leftOut: 0 })

/** What a filter leaves of the view. */
export class Selection {
  private readonly filter: Filter
  view: View

  constructor(filter: Filter, view: View) {
    this.filter = filter
    this.view = matching(view, filter)
  }

  /** Whether anything of it is another than before. */
  readonly change = (gone: ReadonlySet<ClientView>, come: ReadonlyArray<ClientView>, from: From): boolean => {
    const { view } = this
    const clients = changed(
      view.clients,
      gone,
      come.filter((client) => matches(client, this.filter))
    )
    if (clients === view.clients && from.fetchedAt === view.fetchedAt && from.leftOut === view.leftOut) return false
    this.view = Object.freeze({ ...view, ...from, clients })
    return true
  }
}

/**
 * What holds after each `upTo`: the views are those that `overlay` gives of the same copy and log; one that shows the same
 * as before is the same object, and so is a list in which nothing has changed.
 */
export class SharedView {
  private readonly log: Log
  private readonly workspaceId: WorkspaceId
  private readonly shown = new Map<AnyClientId, ClientView>()
  private readonly everyone = new Selection({ status: "both" }, nobody)
  private readonly selections = new Map<Selection, () => void>([[this.everyone, () => undefined]])
  private touched = new Set<AnyClientId>()
  private isAllTouched = true
  private wasDoubtful = false
  /** How often it was brought up to a copy that could be read. */
  brought = 0
  private clients: HeldCopy["clients"] | undefined

  constructor(log: Log, workspaceId: WorkspaceId) {
    this.log = log
    this.workspaceId = workspaceId
    log.touches.listen({
      one: (id) => this.touched.add(id),
      all: () => {
        this.isAllTouched = true
      }
    })
  }

  /** All of it, as it was last brought up. */
  get view(): View {
    return this.everyone.view
  }

  /** What a filter leaves of it, from now on until it is let go. `onChange` is called when that is another. */
  readonly select = (filter: Filter, onChange: () => void): Selection => {
    const selection = new Selection(filter, this.view)
    this.selections.set(selection, onChange)
    return selection
  }

  readonly letGo = (selection: Selection): void => void this.selections.delete(selection)

  /** Brings it up to the log, and the copy that goes with it; `isRead`: whether that could be read. */
  readonly upTo = (copy: HeldCopy, isRead = true): View => {
    if (isRead) this.brought++
    const isDoubtful = this.log.mayBeListed(this.workspaceId)
    const isAll = this.isAllTouched || copy.clients !== this.clients
    const gone = new Set<ClientView>()
    const come: Array<ClientView> = []
    const put = (id: AnyClientId, view: ClientView | undefined): void => {
      const before = this.shown.get(id)
      if (view !== undefined && before !== undefined && isSame(before, view)) return
      if (before !== undefined) gone.add(before)
      this.shown.delete(id)
      if (view === undefined) return
      const handedOut = Object.freeze(view)
      this.shown.set(id, handedOut)
      come.push(handedOut)
    }
    if (isAll || (this.touched.size > 0 && (isDoubtful || this.wasDoubtful))) {
      const views = this.allOf(copy.clients)
      for (const id of this.shown.keys()) if (!views.has(id)) put(id, undefined)
      for (const [id, view] of views) put(id, view)
    } else {
      for (const id of this.touched) {
        put(id, this.one(copy.clients, id))
        const clientId = this.log.resolve(id)
        if (clientId !== undefined && clientId !== id) put(clientId, this.one(copy.clients, clientId))
      }
    }
    this.isAllTouched = false
    this.touched.clear()
    this.wasDoubtful = isDoubtful
    this.clients = copy.clients
    const leftOut = workspaceOf(this.log.state, this.workspaceId).leftOut ?? 0
    const from = { source: "Local", fetchedAt: copy.fetchedAt, leftOut } as const
    for (const [selection, onChange] of this.selections) if (selection.change(gone, come, from)) onChange()
    return this.view
  }

  private readonly allOf = (clients: HeldCopy["clients"]): ReadonlyMap<AnyClientId, ClientView> => {
    const known = [...clients.values()]
    return overlay(this.workspaceId, known, { entries: this.log.entries.values(), ids: this.log.ids, known })
  }

  private readonly one = (clients: HeldCopy["clients"], id: AnyClientId): ClientView | undefined => {
    const { log, workspaceId } = this
    // It is shown under Toggl's id.
    if (isLocalClientId(id) && log.resolve(id) !== undefined) return undefined
    const client = isLocalClientId(id) ? undefined : clients.get(id)
    return laid(log.sumOf(workspaceId, id), { client, id, key: String(log.clients.keyOf(id)), workspaceId })
  }
}
