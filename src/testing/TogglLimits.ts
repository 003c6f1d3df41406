/**
 * The limits of the service as pure functions over their counters: the hourly quota, the leaky bucket, and the lock
 * after too many wrong passwords. Times are milliseconds since 1970.
 *
 * @since 0.1.0
 */
import type { RateLimit } from "./TogglOptions.js"

/**
 * Every counter, by the key of what it counts.
 *
 * @since 0.1.0
 * @category models
 */
export interface Limits {
  readonly quotas: ReadonlyMap<string, { readonly start: number; readonly used: number }>
  readonly buckets: ReadonlyMap<string, { readonly level: number; readonly at: number }>
  readonly logins: ReadonlyMap<string, { readonly failed: number; readonly lockedUntil: number }>
}

/**
 * Nothing counted yet.
 *
 * @since 0.1.0
 * @category constructors
 */
export const empty: Limits = { quotas: new Map(), buckets: new Map(), logins: new Map() }

const hour = 3_600_000

const withEntry = <K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> => new Map(map).set(key, value)

/**
 * What a quota says: the requests that remain, of how many, and the whole seconds until all are there again.
 *
 * @since 0.1.0
 * @category models
 */
export interface Quota {
  readonly remaining: number
  readonly total: number
  readonly resetsIn: number
}

const running = (limits: Limits, key: string, now: number) => {
  const window = limits.quotas.get(key)
  return window !== undefined && now < window.start + hour ? window : { start: now, used: 0 }
}

/**
 * What remains of a quota, spending nothing.
 *
 * @since 0.1.0
 * @category getters
 */
export const quota = (limits: Limits, key: string, total: number, now: number): Quota => {
  const { start, used } = running(limits, key, now)
  return { remaining: total - used, total, resetsIn: Math.ceil((start + hour - now) / 1000) }
}

/**
 * Spends one request of a quota, whose hour begins with the first. Where nothing is left the request is refused, and
 * counts too if `countRefused`.
 *
 * @since 0.1.0
 * @category transitions
 */
export const spend = (
  limits: Limits,
  key: string,
  total: number,
  countRefused: boolean,
  now: number
): { readonly limits: Limits; readonly allowed: boolean; readonly quota: Quota } => {
  const { start, used } = running(limits, key, now)
  const allowed = used < total
  const spent = { start, used: allowed || countRefused ? used + 1 : used }
  const next = { ...limits, quotas: withEntry(limits.quotas, key, spent) }
  return { limits: next, allowed, quota: quota(next, key, total, now) }
}

/**
 * Pours one request into a bucket. Where it would run over the request is refused, the bucket stays as it is, and
 * `waitSeconds` says when there will be room.
 *
 * @since 0.1.0
 * @category transitions
 */
export const pour = (
  limits: Limits,
  key: string,
  { capacity, perSecond }: RateLimit,
  now: number
): { readonly limits: Limits; readonly waitSeconds: number } => {
  const bucket = limits.buckets.get(key) ?? { level: 0, at: now }
  const level = Math.max(0, bucket.level - (Math.max(0, now - bucket.at) / 1000) * perSecond)
  if (level + 1 > capacity + 1e-9) return { limits, waitSeconds: Math.ceil((level + 1 - capacity) / perSecond) }
  return {
    limits: { ...limits, buckets: withEntry(limits.buckets, key, { level: level + 1, at: now }) },
    waitSeconds: 0
  }
}

/**
 * Whether an email is locked after too many wrong passwords.
 *
 * @since 0.1.0
 * @category getters
 */
export const isLocked = (limits: Limits, email: string, now: number): boolean =>
  now < (limits.logins.get(email)?.lockedUntil ?? -Infinity)

/**
 * Counts a wrong password; the last one allowed locks the email.
 *
 * @since 0.1.0
 * @category transitions
 */
export const failedLogin = (
  limits: Limits,
  email: string,
  attempts: number,
  lockMillis: number,
  now: number
): { readonly limits: Limits; readonly remaining: number } => {
  if (isLocked(limits, email, now)) return { limits, remaining: 0 }
  const failed = (limits.logins.get(email)?.failed ?? 0) + 1
  const locked = failed >= attempts
  const login = { failed: locked ? 0 : failed, lockedUntil: locked ? now + lockMillis : -Infinity }
  return {
    limits: { ...limits, logins: withEntry(limits.logins, email, login) },
    remaining: Math.max(0, attempts - failed)
  }
}

/**
 * Forgets the wrong passwords of an email, after a right one.
 *
 * @since 0.1.0
 * @category transitions
 */
export const loggedIn = (limits: Limits, email: string): Limits => {
  if (!limits.logins.has(email)) return limits
  const logins = new Map(limits.logins)
  logins.delete(email)
  return { ...limits, logins }
}
