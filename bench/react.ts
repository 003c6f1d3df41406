/**
 * A browser app without Effect and with React: both doors, as they are imported together.
 *
 * @since 0.1.0
 */
export * as promise from "../src/doors/promise.js"
export * as react from "../src/doors/react.js"
