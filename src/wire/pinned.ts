import * as Context from "effect/Context"
import type { Credentials } from "../Credentials.js"

/**
 * The credentials that were found to be the account's. Requests that are made with this in their context are signed with
 * these and no others, whatever the app sets meanwhile.
 */
export class Pinned extends Context.Tag("effect-toggl-clients/internal/Pinned")<Pinned, Credentials>() {}
