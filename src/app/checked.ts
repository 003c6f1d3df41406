// What an app sets is checked before anything is opened.
import * as Either from "effect/Either"
import { maxNameBytes } from "../Client.js"
import type { InvalidConfiguration } from "../ClientError.js"
import { decodeOptions } from "../outbox/make.js"
import * as OutboxStore from "../OutboxStore.js"
import { bytes, checked, count, duration } from "../settings.js"
import { freshnesses, isFreshness } from "./operations.js"
import type { BrowserOptions } from "./stack.js"

/** Whether the settings can be right: all but the credentials, and `baseUrl`, for a relative one says nothing where there is no page. */
export const checkedOptions = (
  options: Omit<BrowserOptions, "credentials">
): Either.Either<void, InvalidConfiguration> =>
  Either.gen(function* () {
    const { freshness = "5 minutes" } = options
    const limit = yield* duration(
      "requestLimit",
      options.requestLimit ?? "20 seconds",
      'a duration such as "20 seconds"'
    )
    yield* decodeOptions(options, limit)
    yield* checked("freshness", freshness, isFreshness(freshness), freshnesses)
    yield* count("maxNameBytes", options.maxNameBytes ?? maxNameBytes, bytes)
    const storageLimit = options.storageLimit ?? OutboxStore.longestStep
    yield* duration("storageLimit", storageLimit, 'a duration such as "75 seconds"')
  })
