// Keys that Toggl leaves out, sends as null, or sends in two shapes.
import * as Schema from "effect/Schema"

/** A key that may be absent; null counts as absent. */
export const orAbsent = <A, I>(schema: Schema.Schema<A, I>) =>
  Schema.optionalWith(schema, { exact: true, nullable: true })

/** A key that may be absent or null, and is `otherwise()` then. */
export const orElse = <A, I>(schema: Schema.Schema<A, I>, otherwise: () => A) =>
  Schema.optionalWith(schema, { default: otherwise, exact: true, nullable: true })

/** A list of texts, also where a single text stands for it; an empty one is the empty list. */
export const texts = /*#__PURE__*/ Schema.transform(
  /*#__PURE__*/ Schema.Union(Schema.String, /*#__PURE__*/ Schema.Array(Schema.String)),
  /*#__PURE__*/ Schema.Array(Schema.String),
  {
    strict: true,
    decode: (wire) => (typeof wire === "string" ? (wire === "" ? [] : [wire]) : wire),
    encode: (list) => list
  }
)
