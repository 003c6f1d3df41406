import * as Either from "effect/Either"
import { InvalidConfiguration } from "../ClientError.js"

const toggl = "https://api.track.toggl.com/api/v9"

export const isLoopback = (host: string): boolean => /^(?:127(?:\.\d+){3}|\[::1\]|(?:.+\.)?localhost\.?)$/.test(host)

export const pageOf = (): Location | undefined => (typeof location === "undefined" ? undefined : location)

/** The base URL, absolute and without a slash at its end; in a page, a relative one is of the page's origin. */
export const resolveBaseUrl = (given: string | URL = toggl): Either.Either<string, InvalidConfiguration> =>
  Either.try(() => new URL(given, pageOf()?.href)).pipe(
    Either.filterOrLeft(
      ({ hash, hostname, password, protocol, search, username }) =>
        // an empty one would be the page itself
        given !== "" &&
        (protocol === "https:" || (protocol === "http:" && isLoopback(hostname))) &&
        username + password + search + hash === "",
      () => undefined
    ),
    Either.mapBoth({
      onRight: ({ origin, pathname }) => (origin + pathname).replace(/\/+$/, ""),
      // without what was given: a password may stand in it
      onLeft: () =>
        new InvalidConfiguration({
          setting: "baseUrl",
          problem: `set it to a URL such as ${toggl}, with https (or http on loopback) and no user, query or fragment`
        })
    })
  )
