/**
 * A Toggl to test against, with faults on demand. It stands on `effect` and `@effect/platform` alone: nothing of the
 * library is used to judge the library.
 *
 * @since 0.1.0
 */

/**
 * The fake Toggl Track server.
 *
 * @since 0.1.0
 */
export * as FakeToggl from "./FakeToggl.js"

/**
 * What can go wrong on the way.
 *
 * @since 0.1.0
 */
export * as Fault from "./Fault.js"

/**
 * Which requests an injected fault meets.
 *
 * @since 0.1.0
 */
export * as FaultQueue from "./FaultQueue.js"

/**
 * The record of every request.
 *
 * @since 0.1.0
 */
export * as RequestLog from "./RequestLog.js"

/**
 * Changes made by others.
 *
 * @since 0.1.0
 */
export * as TogglEdit from "./TogglEdit.js"

/**
 * The switches.
 *
 * @since 0.1.0
 */
export * as TogglOptions from "./TogglOptions.js"

/**
 * Projects, as others make and change them.
 *
 * @since 0.1.0
 */
export * as TogglProjects from "./TogglProjects.js"

/**
 * What a workspace holds, for comparing ends.
 *
 * @since 0.1.0
 */
export * as TogglSnapshot from "./TogglSnapshot.js"

/**
 * The rules of the service as pure functions.
 *
 * @since 0.1.0
 */
export * as TogglState from "./TogglState.js"

/**
 * Requests and answers as they are on the wire, for faults put together by hand.
 *
 * @since 0.1.0
 */
export * as TogglWire from "./TogglWire.js"
