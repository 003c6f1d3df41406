// What names an entry, for the errors too that speak of one.
import * as Schema from "effect/Schema"

/**
 * The id of an accepted mutation: a UUID, the same on every device that imports it.
 *
 * @since 0.1.0
 * @category models
 */
export const EntryId = Schema.UUID.pipe(Schema.brand("effect-toggl-clients/EntryId"))

/**
 * @since 0.1.0
 * @category models
 */
export type EntryId = typeof EntryId.Type
