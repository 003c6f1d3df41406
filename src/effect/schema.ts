// Keys that Toggl leaves out, sends as null, or sends in two shapes.
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** A key that may be absent. */
export const optional = <A, I, R>(schema: Schema.Schema<A, I, R>) => Schema.optionalWith(schema, { exact: true })

/** A key that only decorates: what cannot be read counts as absent, as null does. */
export const orUnread = <A, I>(schema: Schema.Schema<A, I>) =>
  Schema.optionalToOptional(
    Schema.NullishOr(schema).annotations({ decodingFallback: () => Either.right(undefined) }),
    Schema.typeSchema(schema),
    {
      decode: (read) => Option.flatMap(read, Option.fromNullable),
      encode: (value) => value
    }
  )

/** A key that may be absent or null, and is `otherwise()` then. */
export const orElse = <A, I>(schema: Schema.Schema<A, I>, otherwise: () => A) =>
  Schema.optionalWith(schema, { default: otherwise, exact: true, nullable: true })

// No date of JavaScript's lies beyond.
const farthest = 8.64e15

/** A time in milliseconds since 1970, from a date as text; written as RFC 3339. */
export const epochMillis = /*#__PURE__*/ Schema.transform(
  Schema.Date,
  /*#__PURE__*/ Schema.Int.pipe(/*#__PURE__*/ Schema.between(-farthest, farthest)),
  {
    strict: true,
    decode: (date) => date.getTime(),
    encode: (millis) => new Date(millis)
  }
)

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
