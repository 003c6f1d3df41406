// What the user typed is checked before anything is stored or sent.
import * as Either from "effect/Either"
import { checkName, isWellFormed } from "../Client.js"
import type { Asked } from "./base.js"
import { BadRequest, InvalidName } from "./refusals.js"

/**
 * The name as it will be sent; or the refusal of what was asked, where it is empty, holds half a character, or is longer
 * than `limit` UTF-8 bytes.
 */
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

/** The notes as they will be sent; or the refusal of what was asked, where they hold half a character. */
export const checkedNotes = (asked: Asked, notes: string): Either.Either<string, BadRequest> =>
  isWellFormed(notes)
    ? Either.right(notes)
    : Either.left(new BadRequest({ ...asked, text: "the notes hold half a character, as of an emoji that was cut" }))
