"use client"
/**
 * Toggl's clients in React 18 and 19: a provider for what `open` of `effect-toggl-clients/promise` gave, and hooks that show
 * what its stores show.
 *
 * @example
 * import { open, proxy } from "effect-toggl-clients/promise"
 * import { TogglProvider, useClients } from "effect-toggl-clients/react"
 * import { createElement } from "react"
 *
 * const toggl = open({ account: "anna", credentials: proxy(), baseUrl: "/api/toggl" })
 *
 * const Names = () => createElement("p", null, useClients(2230580).clients.map(({ name }) => name).join(", "))
 *
 * export const App = () => createElement(TogglProvider, { toggl }, createElement(Names))
 *
 * @since 0.1.0
 */
import * as Predicate from "effect/Predicate"
import {
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useContext,
  useSyncExternalStore
} from "react"
import { InvalidConfiguration } from "../ClientError.js"
import type { ClientsOptions, StoreOptions } from "../promise/options.js"
import type { ClientSnapshot, ClientsSnapshot, EntriesSnapshot, StatusSnapshot, Store } from "../promise/snapshots.js"
import type { TogglClients } from "../promise/toggl.js"

const Context = /*#__PURE__*/ createContext<TogglClients | undefined>(undefined)

const isOpened = (toggl: unknown): toggl is TogglClients =>
  ["clients", "client", "entries", "status"].every(
    (name) => Predicate.hasProperty(toggl, name) && Predicate.isFunction(toggl[name])
  )

const useStore = <Snapshot>({ getServerSnapshot, getSnapshot, subscribe }: Store<Snapshot>): Snapshot =>
  useSyncExternalStore(subscribe, getSnapshot, getServerSnapshot)

/**
 * What the provider takes.
 *
 * @since 0.1.0
 * @category models
 */
export interface TogglProviderProps {
  /** What `open` or `fromRuntime` of `effect-toggl-clients/promise` gave. Another one shows what that has from then on. */
  readonly toggl: TogglClients
  /** The part of the app that uses the hooks. */
  readonly children?: ReactNode
}

/**
 * Gives Toggl's clients to the hooks below it. It neither opens nor closes: the app does, outside of React, and once it has
 * closed, the last state stays shown. Throws `InvalidConfiguration` where `toggl` is none.
 *
 * @since 0.1.0
 * @category components
 */
export const TogglProvider = ({ children, toggl }: TogglProviderProps): ReactElement => {
  if (!isOpened(toggl)) {
    throw new InvalidConfiguration({
      setting: "toggl",
      problem: "set it on TogglProvider to what open(...) of effect-toggl-clients/promise gives"
    })
  }
  return createElement(Context.Provider, { value: toggl }, children)
}

/**
 * The operations, for handlers and effects. Throws `InvalidConfiguration` where no {@link TogglProvider} stands above; so do the other hooks.
 *
 * @example
 * import { useToggl } from "effect-toggl-clients/react"
 *
 * const useRename = (workspaceId: number) => {
 *   const toggl = useToggl()
 *   return (id: number, name: string) => toggl.update(workspaceId, id, { name })
 * }
 *
 * @since 0.1.0
 * @category hooks
 */
export const useToggl = (): TogglClients => {
  const toggl = useContext(Context)
  if (toggl === undefined) {
    throw new InvalidConfiguration({
      setting: "TogglProvider",
      problem: "none stands above this component: wrap the app in one, and give it what open(...) has given"
    })
  }
  return toggl
}

/**
 * The clients of a workspace as they are to be shown, also offline, with the pending changes on them. `Loading` on servers and
 * until something is known. While it is mounted they are kept as fresh as `options` say; equal options are the same, also
 * where they are written in the component.
 *
 * A client that shows the same as before is the same object, so a row in `memo` is drawn again only where its client has
 * changed. `key` is each row's key: a new client keeps it when Toggl gives it an id.
 *
 * @example
 * import { useClients } from "effect-toggl-clients/react"
 *
 * const useNames = (workspaceId: number) => useClients(workspaceId, { status: "both" }).clients.map(({ name }) => name)
 *
 * @since 0.1.0
 * @category hooks
 */
export const useClients = (workspaceId: number, options?: ClientsOptions): ClientsSnapshot =>
  useStore(useToggl().clients(workspaceId, options))

/**
 * One client as it is to be shown, by Toggl's id or a local one, which goes on working when Toggl has given its own. `NotThere`
 * once it is deleted. A component is drawn again only where its own client has changed, or what becomes of refreshing.
 *
 * @example
 * import { useClient } from "effect-toggl-clients/react"
 *
 * const useTitle = (workspaceId: number, id: number) => useClient(workspaceId, id).client?.name ?? "no such client"
 *
 * @since 0.1.0
 * @category hooks
 */
export const useClient = (workspaceId: number, id: number, options?: StoreOptions): ClientSnapshot =>
  useStore(useToggl().client(workspaceId, id, options))

/**
 * All entries of the outbox in their order: those that wait, the refused, and rows that cannot be read.
 *
 * @example
 * import { useEntries } from "effect-toggl-clients/react"
 *
 * const useRefused = () => useEntries().entries.filter(({ state }) => state === "Refused")
 *
 * @since 0.1.0
 * @category hooks
 */
export const useEntries = (): EntriesSnapshot => useStore(useToggl().entries())

/**
 * What is true of the queue now, whichever tab causes it: how many changes wait, and for what.
 *
 * @example
 * import { useStatus } from "effect-toggl-clients/react"
 *
 * const useWaiting = () => useStatus().status?.waiting ?? 0
 *
 * @since 0.1.0
 * @category hooks
 */
export const useStatus = (): StatusSnapshot => useStore(useToggl().status())
