/**
 * A hint whether this device is online. It is never a gate: browsers are wrong about it both ways.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { told } from "./effect/stream.js"

/**
 * What the device says of its connection.
 *
 * @since 0.1.0
 * @category models
 */
export interface ConnectivityService {
  /**
   * What the device says now; none where it does not say. Where it says `false` just before a request that then fails,
   * the request counts as never sent, but for one to this device itself.
   */
  readonly isOnline: Effect.Effect<Option.Option<boolean>>
  /**
   * Emits when requests may work again: the device came online, the page became visible, a page came back from the
   * back/forward cache.
   */
  readonly wakeUps: Stream.Stream<void>
}

/**
 * The tag of the hint: {@link layerBrowser} and {@link layerAlwaysOnline} provide it.
 *
 * @since 0.1.0
 * @category tags
 */
export class Connectivity extends Context.Tag("effect-toggl-clients/Connectivity")<
  Connectivity,
  ConnectivityService
>() {}

/**
 * For servers and scripts: nothing is known, and nothing wakes.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerAlwaysOnline: Layer.Layer<Connectivity> = /*#__PURE__*/ Layer.sync(Connectivity, () => ({
  isOnline: Effect.succeed(Option.none()),
  wakeUps: Stream.empty
}))

/**
 * The browser's: `navigator.onLine`, and the events `online`, `visibilitychange`, `pageshow` and `resume`. Works in
 * pages and in workers; what an environment lacks is left out.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerBrowser: Layer.Layer<Connectivity> = /*#__PURE__*/ Layer.sync(Connectivity, () => {
  const page = "document" in globalThis ? globalThis.document : undefined
  const target = "addEventListener" in globalThis ? globalThis : undefined
  return {
    isOnline: Effect.sync(() =>
      "navigator" in globalThis && typeof navigator.onLine === "boolean" ? Option.some(navigator.onLine) : Option.none()
    ),
    wakeUps: told((tell) => {
      const shown = () => {
        if (page?.visibilityState === "visible") tell()
      }
      const heard = [
        [target, "online", tell],
        [target, "pageshow", tell],
        [page, "visibilitychange", shown],
        [page, "resume", tell]
      ] as const
      for (const [on, type, listener] of heard) on?.addEventListener(type, listener)
      return () => {
        for (const [on, type, listener] of heard) on?.removeEventListener(type, listener)
      }
    })
  }
})
