/**
 * What an engine is to the tests that run on each of them: a browser that is started with an address, and no driver.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"

/**
 * The engines of the browsers that a PWA runs in.
 *
 * @since 0.1.0
 * @category models
 */
export type Name = "Chromium" | "Firefox" | "WebKit"

/**
 * How to start it: on which profile (a folder, absolute), with a folder for all else that it writes, and whether in a
 * private window.
 *
 * @since 0.1.0
 * @category models
 */
export interface Start {
  readonly profileDir: string
  readonly ownDir: string
  readonly url: string
  readonly isPrivate: boolean
}

/**
 * An engine that is installed here, and answered when asked for its version.
 *
 * @since 0.1.0
 * @category models
 */
export interface Engine {
  readonly name: Name
  /** As the browser says it, such as `Mozilla Firefox 153.7.0esr`. */
  readonly version: string
  readonly executablePath: string
  /** Whether it must be given a screen. */
  readonly needsDisplay: boolean
  /** Variables to be laid over this process's own. */
  readonly environment: (start: Start) => Readonly<Record<string, string>>
  readonly args: (start: Start) => ReadonlyArray<string>
  /** Puts into the profile what the browser reads there as it starts. */
  readonly prepare: (start: Start) => Effect.Effect<void>
  /** The program that keeps storage and makes requests for all tabs, where that is a process of its own. */
  readonly networkProgram?: string
}

/**
 * An engine that is not tried, and why.
 *
 * @since 0.1.0
 * @category models
 */
export interface LeftOut {
  readonly name: Name
  readonly problem: string
}
