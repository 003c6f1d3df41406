/**
 * A hand-made IndexedDB: nothing in it happens by itself. The test lets requests succeed, transactions complete and
 * databases open, or not.
 */
import "fake-indexeddb/auto"
import * as Effect from "effect/Effect"

/** Replaces what stands under this global name until the scope closes; `undefined`: there is nothing. */
export const withGlobal = (name: string, value: unknown) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const before = Object.getOwnPropertyDescriptor(globalThis, name)
      if (value === undefined) Reflect.deleteProperty(globalThis, name)
      else Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
      return before
    }),
    (before) =>
      Effect.sync(() => {
        if (before === undefined) Reflect.deleteProperty(globalThis, name)
        else Object.defineProperty(globalThis, name, before)
      })
  )

export class HandRequest {
  result: unknown
  error: unknown = null
  onsuccess: (() => void) | null = null
  onerror: (() => void) | null = null
  readonly asks: string
  constructor(asks: string) {
    this.asks = asks
  }
  succeed(result?: unknown): void {
    this.result = result
    this.onsuccess?.()
  }
  fail(error: unknown): void {
    this.error = error
    this.onerror?.()
  }
}

export class HandTransaction {
  error: unknown = null
  oncomplete: (() => void) | null = null
  onabort: (() => void) | null = null
  /** Whether it is too late to abort it. */
  isCommitting = false
  /** Whether it hears of being aborted. */
  isDeaf = false
  aborts = 0
  readonly requests: Array<HandRequest> = []
  readonly mode: string
  readonly options: unknown
  constructor(mode: string, options: unknown) {
    this.mode = mode
    this.options = options
  }
  abort(): void {
    if (this.isCommitting) throw new DOMException("committing", "InvalidStateError")
    this.aborts++
    if (!this.isDeaf) queueMicrotask(() => this.onabort?.())
  }
  /** The browser aborts it. */
  fail(name: string): void {
    this.error = new DOMException("", name)
    this.onabort?.()
  }
  complete(): void {
    this.oncomplete?.()
  }
  /** All requests so far succeed, and those that follow from them, each with what `results` says. */
  succeed(results: Readonly<Record<string, unknown>> = {}): void {
    for (let request = this.requests.shift(); request !== undefined; request = this.requests.shift()) {
      request.succeed(results[request.asks])
    }
  }
  objectStore(): unknown {
    const ask = (asks: string) => () => {
      const request = new HandRequest(asks)
      this.requests.push(request)
      return request
    }
    return {
      transaction: this,
      get: ask("get"),
      getAll: ask("getAll"),
      getAllKeys: ask("getAllKeys"),
      add: ask("add"),
      put: ask("put"),
      delete: ask("delete")
    }
  }
}

export class HandDatabase {
  onclose: (() => void) | null = null
  onversionchange: (() => void) | null = null
  isClosed = false
  readonly transactions: Array<HandTransaction> = []
  transaction(_store: string, mode: string, options: unknown): HandTransaction {
    if (this.isClosed) throw new DOMException("closed", "InvalidStateError")
    const transaction = new HandTransaction(mode, options)
    this.transactions.push(transaction)
    return transaction
  }
  close(): void {
    this.isClosed = true
  }
}

export class HandFactory {
  readonly opens: Array<HandRequest> = []
  open(): HandRequest {
    const request = new HandRequest("open")
    this.opens.push(request)
    return request
  }
}

/** All that is under way without time passing has happened. */
export const settles: Effect.Effect<void> = Effect.promise(
  () => new Promise<void>((resolve) => void setImmediate(() => setImmediate(resolve)))
)

/** The hand-made IndexedDB in place of the browser's, and its database once it is opened. */
export const handmade = Effect.gen(function* () {
  const factory = new HandFactory()
  yield* withGlobal("indexedDB", factory)
  /** Lets the latest opening succeed. */
  const opened = Effect.gen(function* () {
    yield* settles
    const database = new HandDatabase()
    factory.opens.at(-1)?.succeed(database)
    yield* settles
    return database
  })
  return { factory, opened }
})
