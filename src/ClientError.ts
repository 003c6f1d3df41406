/**
 * Every typed error. Each is a schema, so that an outbox can keep it and show it again after a restart; each has a
 * message for people and the data for programs; none holds a request, a header or a credential.
 *
 * Tags such as `NotFound` also name errors of other libraries: {@link isClientError} tells ours apart.
 *
 * @since 0.1.0
 */
export { TypeId } from "./error/base.js"
export * from "./error/refusals.js"
export * from "./error/transport.js"
export * from "./error/storage.js"
export * from "./error/guards.js"
