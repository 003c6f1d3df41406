import * as Either from "effect/Either"
import { InvalidConfiguration } from "../ClientError.js"
import { isLoopbackHost } from "./loopback.js"

const toggl = "https://api.track.toggl.com/api/v9"

// Some runtimes have a `location` that is none.
export const pageOf = (): URL | undefined => Either.getOrUndefined(Either.try(() => new URL(location.href)))

// Of a scheme that is not the web's, `origin` tells only in the browser that knows it.
const originOf = ({ host, protocol }: URL): string => `${protocol}//${host}`

const isOfPage = (url: URL, page = pageOf()): boolean => page !== undefined && originOf(page) === originOf(url)

/** What a page may be loaded from, and no request goes to. */
const servesNothing: ReadonlySet<string> = new Set(["file:", "data:", "blob:", "about:", "javascript:"])

/**
 * Whether the app itself answers there: a page that it brings along, in Electron or as a phone's app, has a scheme of the
 * app's own, such as `app:`.
 */
const isAppsOwn = (url: URL): boolean =>
  url.protocol !== "https:" && url.protocol !== "http:" && !servesNothing.has(url.protocol) && isOfPage(url)

/** Whether a device that is offline reaches it all the same: it is on the device itself. */
export const isOnDevice = (baseUrl: string): boolean => {
  const url = new URL(baseUrl)
  return isLoopbackHost(url.hostname) || isAppsOwn(url)
}

/** Whether there is a page, of another origin than this absolute URL. */
export const isCrossOrigin = (url: string): boolean => {
  const page = pageOf()
  const absolute = Either.getOrUndefined(Either.try(() => new URL(url)))
  return page !== undefined && absolute !== undefined && !isOfPage(absolute, page)
}

const isAllowed = (url: URL): boolean =>
  url.protocol === "https:" || (url.protocol === "http:" && isLoopbackHost(url.hostname)) || isAppsOwn(url)

/**
 * The base URL, absolute and without a slash at its end; in a page, a relative one is of the page's origin, which may have
 * a scheme of the app's own.
 */
export const resolveBaseUrl = (given: string | URL = toggl): Either.Either<string, InvalidConfiguration> =>
  Either.try(() => new URL(given, pageOf()?.href)).pipe(
    Either.filterOrLeft(
      // an empty one would be the page itself
      (url) => given !== "" && isAllowed(url) && url.username + url.password + url.search + url.hash === "",
      () => undefined
    ),
    Either.mapBoth({
      onRight: (url) => (originOf(url) + url.pathname).replace(/\/+$/, ""),
      // without what was given: a password may stand in it
      onLeft: () =>
        new InvalidConfiguration({
          setting: "baseUrl",
          problem: `set it to a URL such as ${toggl}, with https (or http on loopback, or the scheme of the app's own page) and no user, query or fragment`
        })
    })
  )
