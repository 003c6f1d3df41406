// What an app sets is checked before anything is opened.
import * as Either from "effect/Either"
import type { InvalidConfiguration } from "../ClientError.js"
import { decodeOptions as decodeOutbox } from "../outbox/make.js"
import { requestLimit } from "../wire/operations.js"
import { decodeOptions } from "./operations.js"
import { type BrowserOptions, storageLimit } from "./stack.js"

/** Whether the settings can be right: all but the credentials, and `baseUrl`, for a relative one says nothing where there is no page. */
export const checkedOptions = (
  options: Omit<BrowserOptions, "credentials">
): Either.Either<void, InvalidConfiguration> =>
  Either.gen(function* () {
    yield* decodeOutbox(options, yield* requestLimit(options))
    yield* decodeOptions(options)
    yield* storageLimit(options)
  })
