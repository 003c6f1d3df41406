/**
 * What the page and its service worker have in common.
 *
 * @since 0.1.0
 */
import { FakeToggl } from "../../../src/testing/index.js"

/**
 * @since 0.1.0
 * @category settings
 */
export const account = "ada"

/**
 * @since 0.1.0
 * @category settings
 */
export const workspaceId: number = FakeToggl.defaultWorkspace.id

/**
 * @since 0.1.0
 * @category settings
 */
export const settings = {
  baseUrl: "/api/toggl",
  requestLimit: 4000,
  margin: 1000,
  patience: "5 seconds",
  backoff: { base: 100, cap: 1000 }
} as const

/**
 * What the worker gives for the account: what its page has, the same without credentials, another database's, or nothing.
 *
 * @since 0.1.0
 * @category models
 */
export type Mode = "Same" | "WithoutCredentials" | "OtherDatabase" | "Nothing"
