// Whether a request surely never left.

// The same as that of `ClientsApi.Unsent`, which a `fetch` of the app's own may reject with.
const brand: unique symbol = Symbol.for("effect-toggl-clients/Unsent")

interface Failure {
  readonly [brand]?: unknown
  readonly cause?: unknown
  readonly code?: string
  readonly errors?: unknown
  readonly syscall?: string
}

const isFailure = (value: unknown): value is Failure => typeof value === "object" && value !== null

// The system call and the code. No certificate, no request: it is looked at before anything is sent. A code such as ECONNREFUSED is
// not enough: of a connection that stands it says that the answer is lost.
const early = /^(connect|getaddrinfo) |CONNECT_TIMEOUT|CERT|UNABLE_TO/

/** Where several addresses were tried, Node tells in `errors` what became of each. */
const isEarly = (cause: unknown): boolean =>
  isFailure(cause) &&
  (Array.isArray(cause.errors) && cause.errors.length > 0
    ? cause.errors.every(isEarly)
    : early.test(`${cause.syscall} ${cause.code}`))

/** Whether what `fetch` rejected with says so. A bare `TypeError` says nothing. */
export const isUnsent = (thrown: unknown): boolean =>
  isFailure(thrown) && (thrown[brand] === true || isEarly(thrown.cause))
