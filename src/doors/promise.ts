/**
 * The same operations for apps without Effect: promises, plain types, real errors, and stores that fit React, Svelte and Solid.
 *
 * @example
 * import { open, proxy } from "effect-toggl-clients/promise"
 *
 * const toggl = open({ account: "anna", credentials: proxy(), baseUrl: "/api/toggl" })
 *
 * const add = async (name: string) => {
 *   const receipt = await toggl.create(2230580, { name })
 *   return receipt._tag === "Confirmed" ? `Toggl has it as ${receipt.id}` : `waits: ${receipt.reason._tag}`
 * }
 *
 * @since 0.1.0
 */
import * as ask from "../promise/ask.js"
import * as credentials from "../promise/credentials.js"
import type { Me, Mutation, Status, WaitingFor } from "../promise/models.js"
import * as opening from "../promise/open.js"
import type { AskOptions, Credentials, EffectRuntime, OpenOptions, ProxyCredentials } from "../promise/options.js"
import type { TogglClients } from "../promise/toggl.js"

export { Closed } from "../promise/closed.js"
export type * from "../promise/errors.js"
export * from "../promise/guards.js"
export type * from "../promise/models.js"
export type * from "../promise/options.js"
export type * from "../promise/snapshots.js"
export type * from "../promise/toggl.js"
export type * from "../promise/unions.js"
export { Unsent } from "../wire/unsent.js"

/**
 * Opens Toggl's clients for an account. Nothing starts before the first call or listener, so a server that renders the app
 * starts nothing. Throws `InvalidConfiguration` at once where a setting cannot be used, with a sentence that says what to set.
 *
 * Opened again in one page for the same account and base URL, as after a hot reload or in React's StrictMode, it gives the same
 * one, counted: each `open` has its `close`. With other options it throws `InvalidConfiguration`; of functions the text is
 * compared.
 *
 * @example
 * import { open, token } from "effect-toggl-clients/promise"
 *
 * const toggl = open({ account: "anna", credentials: token("1971800d4d82861d8f2c1651fea4d212"), patience: "5 seconds" })
 *
 * @since 0.1.0
 * @category constructors
 */
export const open = (options: OpenOptions): TogglClients => opening.open(options)

/**
 * The same over the services of an app with Effect, so that both parts share one outbox. Closing it stops what was called
 * here; the runtime goes on. Throws `InvalidConfiguration` where it is given something else; where its layer lacks a service, each
 * call rejects with that.
 *
 * @example
 * import * as ManagedRuntime from "effect/ManagedRuntime"
 * import { Clients, Credentials } from "effect-toggl-clients"
 * import { fromRuntime } from "effect-toggl-clients/promise"
 *
 * const credentials = Credentials.token("1971800d4d82861d8f2c1651fea4d212")
 * const runtime = ManagedRuntime.make(Clients.layerBrowser({ account: "anna", credentials }))
 * const toggl = fromRuntime(runtime)
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromRuntime = (runtime: EffectRuntime): TogglClients => opening.fromRuntime(runtime)

/**
 * Signs with the API token at the foot of the Toggl profile page.
 *
 * @example
 * import { token } from "effect-toggl-clients/promise"
 *
 * JSON.stringify(token("1971800d4d82861d8f2c1651fea4d212")) // {"_tag":"Token","token":"<redacted>"}
 *
 * @since 0.1.0
 * @category credentials
 */
export const token = (text: string): Credentials => credentials.token(text)

/**
 * Signs with email and password. Toggl locks log-ins for five minutes after a few wrong ones: prefer a token.
 *
 * @since 0.1.0
 * @category credentials
 */
export const password = (email: string, text: string): Credentials => credentials.password(email, text)

/**
 * Signs nothing, for a proxy that does, and knows its user by a cookie.
 *
 * @since 0.1.0
 * @category credentials
 */
export const proxy = (options?: ProxyCredentials): Credentials => credentials.proxy(options)

/**
 * Whose credentials these are, before anything is open. Rejects with `Unauthorized` where Toggl does not accept them, with another
 * `TransportError` where it cannot be asked, and with `InvalidConfiguration` where a setting cannot be used. `GET /me`
 *
 * @example
 * import { token, whoAmI } from "effect-toggl-clients/promise"
 *
 * const workspaceOf = async (apiToken: string) => (await whoAmI(token(apiToken))).defaultWorkspaceId
 *
 * @since 0.1.0
 * @category operations
 */
export const whoAmI = (credentials: Credentials, options?: AskOptions): Promise<Me> => ask.whoAmI(credentials, options)

/**
 * One line for people: what a change does, with the client's name before it, where that is known: `rename Acme to Acme Ltd`.
 *
 * @since 0.1.0
 * @category formatting
 */
export const describeMutation = (mutation: Mutation, nameBefore?: string): string =>
  ask.describeMutation(mutation, nameBefore)

/**
 * One line for people, of the whole status or of what one change waits for. `now` is in milliseconds since the epoch.
 *
 * @example
 * import { describe } from "effect-toggl-clients/promise"
 *
 * describe({ _tag: "Behind", count: 2 }, Date.now()) // "2 changes stand before it"
 *
 * @since 0.1.0
 * @category formatting
 */
export const describe = (what: Status | WaitingFor, now: number): string => ask.describe(what, now)
