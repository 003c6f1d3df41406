// One client as a store: all that are followed in a workspace share one watch of it.
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"
import { Clients } from "../app/service.js"
import { checkedAnyClient } from "../error/input.js"
import type * as View from "../View.js"
import { anyId, workspaceIdOf } from "./ids.js"
import type { StoreOptions } from "./options.js"
import type { Session } from "./session.js"
import type { ClientSnapshot, Store } from "./snapshots.js"
import { type Feed, make as makeStores, type Put, running } from "./store.js"
import { checkedFreshness, errorOf, freshnessOf, isAwaited, loading, watched } from "./watch.js"

// --- A view, to look things up in ----------------------------------------------------------------------------------------

interface Found {
  readonly byId: (id: number) => View.ClientView | undefined
  readonly byKey: (key: string) => View.ClientView | undefined
}

const indexed = (clients: View.View["clients"]): Found => {
  const byId = new Map<number, View.ClientView>()
  const byKey = new Map<string, View.ClientView>()
  for (const client of clients) {
    byId.set(client.id, client)
    byKey.set(client.key, client)
  }
  return { byId: (id) => byId.get(id), byKey: (key) => byKey.get(key) }
}

// An index costs more than so many looks.
const few = 8

const looked = (clients: View.View["clients"]): Found => ({
  byId: (id) => clients.find((client) => client.id === id),
  byKey: (key) => clients.find((client) => client.key === key)
})

// --- One who is followed -------------------------------------------------------------------------------------------------

/** By its key a client is known, whichever id it has; and by its last id, for an adopted one has another key from then on. */
class Followed {
  private key: string | undefined
  private lastId: number
  private wasAsked = false
  private last: ClientSnapshot = loading.client

  readonly id: number
  private readonly isWanted: boolean

  constructor(id: number, isWanted: boolean) {
    this.id = id
    this.lastId = id
    this.isWanted = isWanted
  }

  /** A local id that Toggl's has replaced stands in no list, and may be known all the same. */
  isUnknown(found: Found): boolean {
    return this.clientIn(found) === undefined && this.id < 0 && this.key === undefined
  }

  /** What is shown of the view: the same object where that is the same. */
  shown(view: View.View, found: Found, known?: string): ClientSnapshot {
    this.key ??= known
    this.last = this.next(view, found)
    return this.last
  }

  /** Who listens has seen it: whether Toggl was asked meanwhile is counted from then on. */
  saw(view: View.View): void {
    this.wasAsked ||= view.refresh._tag !== "Idle"
  }

  private clientIn({ byId, byKey }: Found): View.ClientView | undefined {
    const client = byKey(this.key ?? String(this.id)) ?? byId(this.lastId)
    if (client !== undefined) {
      this.key = client.key
      this.lastId = client.id
    }
    return client
  }

  private next(view: View.View, found: Found): ClientSnapshot {
    const client = this.clientIn(found)
    const { isWanted, key, last, wasAsked } = this
    const { refresh } = view
    if (client !== undefined) {
      const isSame = last._tag === "Ready" && last.client === client && last.refresh === refresh
      return isSame ? last : Object.freeze({ _tag: "Ready", client, refresh })
    }
    const isOpen = view.fetchedAt === undefined || key === undefined
    if (isOpen && isAwaited(view, isWanted && view.fetchedAt === undefined, wasAsked)) return loading.client
    const error = errorOf(view)
    const isSame = last._tag === "NotThere" && last.error === error
    return isSame ? last : Object.freeze({ _tag: "NotThere", client: undefined, error })
  }
}

interface Follower {
  readonly followed: Followed
  readonly put: Put<ClientSnapshot>
  /** Ends the question whose id that is, while it is asked. */
  stop: (() => void) | undefined
}

// --- A workspace ---------------------------------------------------------------------------------------------------------

/** What is watched of a workspace, for all whose freshness is the same. */
class Watched {
  private readonly session: Session
  private readonly workspaceId: number
  private readonly options: StoreOptions
  private readonly followers = new Set<Follower>()
  private readonly kept: Set<Watched>
  private view: View.View | undefined
  private index: { readonly of: View.View["clients"]; readonly found: Found } | undefined
  private stop: (() => void) | undefined
  private isAsking = false

  /** `kept` holds it while somebody follows. */
  constructor(session: Session, workspaceId: number, options: StoreOptions, kept: Set<Watched>) {
    this.session = session
    this.workspaceId = workspaceId
    this.options = options
    this.kept = kept
  }

  feed(id: number): Feed<ClientSnapshot> {
    const isWanted = freshnessOf(this.options) !== undefined
    let followed = new Followed(id, isWanted)
    return {
      now: () => {
        const { view } = this
        if (view === undefined) return loading.client
        const found = this.indexedOf(view)
        return followed.isUnknown(found) ? loading.client : followed.shown(view, found)
      },
      start: (put) => {
        const follower: Follower = { followed, put, stop: undefined }
        this.join(follower)
        return () => {
          this.leave(follower)
          followed = new Followed(id, isWanted)
        }
      }
    }
  }

  private join(follower: Follower): void {
    this.followers.add(follower)
    this.kept.add(this)
    if (this.view !== undefined) {
      this.ask()
      const told = this.show([follower], this.view)
      if (told.length > 0) running(this.session, Effect.all(told, { discard: true }))
    } else {
      this.stop ??= running(
        this.session,
        Stream.runForEach(this.changes(), (view) =>
          Effect.suspend(() => {
            this.view = view
            return Effect.all(this.show(this.followers, view), { discard: true })
          })
        )
      )
    }
  }

  private leave(follower: Follower): void {
    follower.stop?.()
    this.followers.delete(follower)
    if (this.followers.size > 0) return
    this.kept.delete(this)
    this.stop?.()
    this.stop = undefined
    this.view = undefined
    this.index = undefined
  }

  private changes() {
    return watched(this.workspaceId, { freshness: this.options.freshness, status: "both" })
  }

  /** Each who comes wants it fresh, and those who come together want it once. */
  private ask(): void {
    if (this.isAsking || freshnessOf(this.options) === undefined) return
    this.isAsking = true
    running(
      this.session,
      Effect.ensuring(
        Stream.runDrain(Stream.take(this.changes(), 1)),
        Effect.sync(() => {
          this.isAsking = false
        })
      )
    )
  }

  private indexedOf({ clients }: View.View): Found {
    if (this.index?.of !== clients) this.index = { of: clients, found: indexed(clients) }
    return this.index.found
  }

  /** Shows it to all of them before one is told, so that no two show another state. */
  private show(followers: Iterable<Follower>, view: View.View): ReadonlyArray<Effect.Effect<void>> {
    const found = this.followers.size > few ? this.indexedOf(view) : looked(view.clients)
    const telling: Array<Effect.Effect<void>> = []
    for (const follower of followers) {
      if (follower.followed.isUnknown(found)) this.find(follower)
      else telling.push(...this.put(follower, view, found))
    }
    return telling
  }

  private put(
    { followed, put }: Follower,
    view: View.View,
    found: Found,
    key?: string
  ): ReadonlyArray<Effect.Effect<void>> {
    const told = put(followed.shown(view, found, key))
    followed.saw(view)
    return told
  }

  private find(follower: Follower): void {
    const { followed } = follower
    const { workspaceId } = this
    follower.stop?.()
    follower.stop = running(
      this.session,
      Effect.flatMap(Clients, (clients) =>
        Effect.match(clients.get(workspaceIdOf(workspaceId), anyId(followed.id), { freshness: "Local" }), {
          onFailure: () => undefined,
          onSuccess: ({ key }) => key
        })
      ).pipe(
        Effect.flatMap((key) => {
          const { view } = this
          if (view === undefined) return Effect.void
          return Effect.all(this.put(follower, view, looked(view.clients), key), { discard: true })
        })
      )
    )
  }
}

/** The stores of clients. */
export const make = (session: Session) => {
  const stores = makeStores<ClientSnapshot>(session, loading.client)
  const watches = new Map<string, WeakRef<Watched>>()
  const kept = new Set<Watched>()

  const watchedOf = (workspaceId: number, options: StoreOptions): Watched => {
    const key = JSON.stringify([workspaceId, options.freshness ?? ""])
    const found = watches.get(key)?.deref()
    if (found !== undefined) return found
    for (const [key, ref] of watches) if (ref.deref() === undefined) watches.delete(key)
    const made = new Watched(session, workspaceId, options, kept)
    watches.set(key, new WeakRef(made))
    return made
  }

  const feed = (workspaceId: number, id: number, options: StoreOptions): Feed<ClientSnapshot> =>
    Either.match(
      Either.all([checkedAnyClient("get", workspaceIdOf(workspaceId), anyId(id)), checkedFreshness(options)]),
      {
        onLeft: (error) => {
          const notThere: ClientSnapshot = Object.freeze({ _tag: "NotThere", client: undefined, error })
          return { now: () => notThere, start: () => () => undefined }
        },
        onRight: () => watchedOf(workspaceId, options).feed(id)
      }
    )

  return (workspaceId: number, id: number, options: StoreOptions = {}): Store<ClientSnapshot> =>
    stores.fed(JSON.stringify([workspaceId, id, options.freshness ?? ""]), () => feed(workspaceId, id, options))
}
