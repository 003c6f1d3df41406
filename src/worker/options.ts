// What an app gives for an account, as plain types.
import type { OpenOptions } from "../promise/options.js"

/**
 * What `onSync` is given for an account: what `open` takes in the page. Credentials must be there without the page, as a proxy's are.
 *
 * @since 0.1.0
 * @category options
 */
export interface SyncOptions extends Omit<OpenOptions, "account"> {
  /** The account that was asked for, unless left out. */
  readonly account?: string | undefined
  /** Where Toggl is: where the page has it, unless given. A relative one counts from the script of the worker. */
  readonly baseUrl?: string | URL | undefined
}
