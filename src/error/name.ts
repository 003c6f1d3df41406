import * as Either from "effect/Either"
import { checkName } from "../Client.js"
import type { Asked } from "./base.js"
import { InvalidName } from "./refusals.js"

/** The name as it will be sent; or the refusal of what was asked, where it is empty or longer than `limit` UTF-8 bytes. */
export const checkedName = (asked: Asked, name: string, limit: number): Either.Either<string, InvalidName> =>
  Either.mapLeft(
    checkName(name, limit),
    (problem) =>
      new InvalidName({
        ...asked,
        name,
        reason: problem.reason,
        ...(problem.reason === "TooLong" ? { limit: problem.limit } : {})
      })
  )
