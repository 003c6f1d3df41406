/**
 * One replayer at a time: the lock that a tab holds while it sends, and only then.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"

/**
 * The lock, once it is held.
 *
 * @since 0.1.0
 * @category models
 */
export interface Held {
  /** Tells whether another replayer has taken it since. */
  readonly isLost: () => boolean
  /** What holding it means, where that is not what it means as a rule (`ReplayLockService.kind`). */
  readonly kind?: "Exclusive" | "Lease" | undefined
}

/**
 * A lock that at most one replayer of a store holds at a time.
 *
 * @since 0.1.0
 * @category models
 */
export interface ReplayLockService {
  /**
   * `Exclusive` where holding the lock means that no other living replayer sends; `Lease` where only the store's books
   * say whose turn it is, so that a dead replayer is noticed by its silence alone. A grant may say of itself that it is
   * another.
   */
  readonly kind: "Exclusive" | "Lease"
  /** Waits for its turn and holds the lock until the scope closes. Interrupting the wait leaves the queue. */
  readonly acquire: (options: {
    /** Takes the lock from a holder that stands still, instead of waiting for it. */
    readonly steal: boolean
  }) => Effect.Effect<Held, never, Scope.Scope>
  /** The same kind of lock for the store of another name; missing where there is none. */
  readonly of?: ((name: string) => ReplayLockService) | undefined
}

/**
 * The tag of the lock: {@link layerWebLocks}, {@link layerInProcess} and {@link layerLease} provide it.
 *
 * @since 0.1.0
 * @category tags
 */
export class ReplayLock extends Context.Tag("effect-toggl-clients/ReplayLock")<ReplayLock, ReplayLockService>() {}

interface Grant extends Held {
  readonly release: () => void
}

// `wait` asks for the lock, and gives what withdraws the request; the grant is released when the scope closes.
const scoped = (wait: (granted: (grant: Grant) => void) => () => void): Effect.Effect<Held, never, Scope.Scope> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const grant = yield* restore(
        Effect.async<Grant>((resume) => {
          let granted: Grant | undefined
          const withdraw = wait((grant) => {
            granted = grant
            resume(Effect.succeed(grant))
          })
          return Effect.sync(() => {
            if (granted === undefined) withdraw()
            else granted.release()
          })
        })
      )
      yield* Effect.addFinalizer(() => Effect.sync(grant.release))
      return grant
    })
  )

const hasRequest = (locks: unknown): locks is LockManager =>
  typeof locks === "object" && locks !== null && "request" in locks && typeof locks.request === "function"

// What a browser only names, or does not let this page touch, is as good as missing.
const webLocks = (): LockManager | undefined => {
  const locks = Either.try((): unknown =>
    "navigator" in globalThis && "locks" in navigator ? navigator.locks : undefined
  )
  return Either.isRight(locks) && hasRequest(locks.right) ? locks.right : undefined
}

/**
 * Browsers' Web Locks: shared by the tabs and workers of an origin, and released when their holder dies. Where there are
 * none it is the {@link lease}; where the browser refuses one, that grant says of itself that it is no more than a lease.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeWebLocks = (name: string): ReplayLockService => {
  const locks = webLocks()
  return locks === undefined ? lease : { kind: "Exclusive", acquire: acquireFrom(locks, name), of: makeWebLocks }
}

const acquireFrom =
  (locks: LockManager, name: string): ReplayLockService["acquire"] =>
  ({ steal }) =>
    scoped((granted) => {
      const controller = new AbortController()
      let isHeld = false
      let lost = false
      const hold = () => {
        isHeld = true
        return new Promise<void>((resolve) => granted({ isLost: () => lost, release: () => resolve() }))
      }
      const ended = () => {
        lost = true
        // Refused before it was granted, as in a page that is on its way out: the books say whose turn it is.
        if (!isHeld && !controller.signal.aborted) granted({ ...leased, release: () => undefined })
      }
      const asked = Either.try(() => locks.request(name, steal ? { steal } : { signal: controller.signal }, hold))
      if (Either.isRight(asked)) asked.right.catch(ended)
      else ended()
      return () => controller.abort()
    })

interface InProcess {
  holder: Grant | undefined
  readonly waiting: Set<() => void>
}

/**
 * The lock of a process: whoever uses the same name shares it. For Node, Electron's main process and tests.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeInProcess = (name: string): ReplayLockService => among(ofProcess(), name)

const key = Symbol.for("effect-toggl-clients/ReplayLock")

const isLocks = (value: unknown): value is Map<string, InProcess> => value instanceof Map

// Of the process, also where this module is loaded twice.
const ofProcess = (): Map<string, InProcess> => {
  const there: unknown = Reflect.get(globalThis, key)
  if (isLocks(there)) return there
  const locks = new Map<string, InProcess>()
  Reflect.set(globalThis, key, locks)
  return locks
}

/** Locks that share nothing but this map. */
const among = (locks: Map<string, InProcess>, name: string): ReplayLockService => {
  const lock = locks.get(name) ?? newState()
  locks.set(name, lock)
  return { ...fromState(lock), of: (name) => among(locks, name) }
}

const newState = (): InProcess => ({ holder: undefined, waiting: new Set() })

const fromState = (lock: InProcess): ReplayLockService => {
  const grant = (): Grant => {
    const mine: Grant = {
      isLost: () => lock.holder !== mine,
      release: () => {
        if (lock.holder !== mine) return
        lock.holder = undefined
        for (const next of lock.waiting) {
          lock.waiting.delete(next)
          next()
          return
        }
      }
    }
    lock.holder = mine
    return mine
  }
  return {
    kind: "Exclusive",
    acquire: ({ steal }) =>
      scoped((granted) => {
        const next = () => granted(grant())
        if (steal || lock.holder === undefined) next()
        else lock.waiting.add(next)
        return () => {
          lock.waiting.delete(next)
        }
      })
  }
}

/**
 * A lock that nobody else knows of, for a store that nobody else can open.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makePrivate: Effect.Effect<ReplayLockService> = /*#__PURE__*/ Effect.sync(() => among(new Map(), ""))

const leased: Held = { kind: "Lease", isLost: () => false }

/**
 * No lock at all: the store's books say whose turn it is. It keeps the same laws, but takes longer to notice that a
 * replayer has died.
 *
 * @since 0.1.0
 * @category constructors
 */
export const lease: ReplayLockService = {
  kind: "Lease",
  acquire: () => Effect.succeed(leased)
}

/**
 * Web Locks where the browser has them, a lease in the store elsewhere. `name` is the database's.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerWebLocks = (name: string): Layer.Layer<ReplayLock> => Layer.sync(ReplayLock, () => makeWebLocks(name))

/**
 * The lock of a process, as a layer: whoever uses the same name shares it. See {@link makeInProcess}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerInProcess = (name: string): Layer.Layer<ReplayLock> =>
  Layer.sync(ReplayLock, () => makeInProcess(name))

/**
 * No lock at all, as a layer: the store's books say whose turn it is. See {@link lease}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerLease: Layer.Layer<ReplayLock> = /*#__PURE__*/ Layer.succeed(ReplayLock, lease)
