// What Toggl says of the hourly quotas. Those of `/me...` are of their own, and not kept.
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as ClientsApi from "../ClientsApi.js"
import type { KeptQuota, QueueState } from "../log/state.js"
import type * as Status from "../Status.js"

type Quotas = NonNullable<QueueState["quota"]>

/** What this instance has heard of the quotas since they were last written down, by workspace. */
export type Heard = ReadonlyMap<string, KeptQuota>

/** The same, to be forgotten where another user has signed in. */
export type Listened = Map<string, KeptQuota>

// A quota is by the hour: whatever Toggl says of when it starts anew, it does so within one.
const hour = 3_600_000

const lengthOf = ({ resetsIn = hour }: KeptQuota): number => Math.min(resetsIn, hour)

// What is kept from a time that is still to come was told before the clock was set back.
const keptAt = (kept: KeptQuota | undefined, now: number): number =>
  kept === undefined || kept.seenAt > now ? Number.NEGATIVE_INFINITY : kept.seenAt

/** Both, each workspace's as it was last told. */
export const latest = (kept: Quotas | undefined, heard: Heard, now: number): Quotas => {
  const all: Record<string, KeptQuota> = { ...kept }
  for (const [workspaceId, quota] of heard) {
    if (quota.seenAt >= keptAt(all[workspaceId], now)) all[workspaceId] = quota
  }
  return all
}

/** How long the quota still lasts, in milliseconds. A clock that was set back ends it: Toggl tells it anew soon. */
export const lasts = (quota: KeptQuota, now: number): number =>
  now < quota.seenAt ? 0 : Math.max(0, quota.seenAt + lengthOf(quota) - now)

/** What is known of the quotas that have not started anew since. */
export const known = (state: QueueState, heard: Heard, now: number): ReadonlyArray<Status.Quota> =>
  Object.entries(latest(state.quota, heard, now))
    .filter(([, quota]) => lasts(quota, now) > 0)
    .map(([workspaceId, quota]) => ({
      workspaceId: Number(workspaceId),
      remaining: quota.remaining,
      resetsAt: quota.resetsIn === undefined ? undefined : quota.seenAt + lengthOf(quota)
    }))

/** When the next of these quotas starts anew, in milliseconds. */
export const soonest = (state: QueueState, heard: Heard, now: number): number =>
  Object.values(latest(state.quota, heard, now)).reduce((soonest, quota) => {
    const left = lasts(quota, now)
    return left > 0 ? Math.min(soonest, left) : soonest
  }, Infinity)

/** The state with what was heard written into it; the same one where there is no news. */
export const written =
  (heard: Heard, now: number) =>
  (state: QueueState): QueueState => {
    const isNews = Array.from(heard).some(
      ([workspaceId, { seenAt }]) => seenAt > keptAt(state.quota?.[workspaceId], now)
    )
    return isNews ? { ...state, quota: latest(state.quota, heard, now) } : state
  }

/** Listens to every answer. `told`: what follows where one tells of a quota; `listener` hears of each. */
export const listen = (
  api: ClientsApi.ClientsApiService,
  told: Effect.Effect<void>,
  listener: (info: ClientsApi.AnswerInfo) => void
): Effect.Effect<Listened, never, Scope.Scope> => {
  const heard: Listened = new Map()
  const listen: Parameters<typeof api.listen>[0] = (info) =>
    Effect.flatMap(Clock.currentTimeMillis, (seenAt) => {
      const { quota, workspaceId } = info
      listener(info)
      if (quota === undefined || workspaceId === undefined) return Effect.void
      heard.set(String(workspaceId), { ...quota, seenAt })
      return told
    })
  return Effect.as(api.listen(listen), heard)
}
