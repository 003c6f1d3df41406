/**
 * Toggl Track's clients as Effect programs, with a durable outbox for apps that work offline: one namespace a module.
 *
 * @since 0.1.0
 */
export * as Client from "./Client.js"
export * as ClientError from "./ClientError.js"
export * as Clients from "./Clients.js"
export * as ClientsApi from "./ClientsApi.js"
export * as Connectivity from "./Connectivity.js"
export * as Credentials from "./Credentials.js"
export * as Entry from "./Entry.js"
export * as Mutation from "./Mutation.js"
export * as Outbox from "./Outbox.js"
export * as OutboxStore from "./OutboxStore.js"
export * as Receipt from "./Receipt.js"
export * as ReplayLock from "./ReplayLock.js"
export * as Status from "./Status.js"
export * as View from "./View.js"
