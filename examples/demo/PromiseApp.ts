/**
 * The demo's app without Effect: the same buttons, over promises, plain types and a store.
 *
 * @since 0.1.0
 */
import { isClientError, type Status, type TogglClients } from "../../src/doors/promise.js"
import * as TogglOptions from "../../src/testing/TogglOptions.js"
import { type Answer, type App, endedAs, failureOf, isResting, lineOf, rowOf, shownOf, stubOf } from "./App.js"

const workspaceId = TogglOptions.defaultWorkspace.id

/** Its typed errors are answers; what else is thrown is a bug. */
const answer = async <A>(work: () => Promise<A>): Promise<Answer<A>> => {
  try {
    return { _tag: "Ok", value: await work() }
  } catch (error) {
    if (isClientError(error)) return { _tag: "Failed", failure: failureOf(error) }
    throw error
  }
}

/**
 * The app over what `opened` opens; nothing runs before `start`. `baseUrl` is the one that it is opened with, in full. `close` ends
 * it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  opened: (merge: boolean) => TogglClients,
  baseUrl: string
): { readonly app: App; readonly close: () => Promise<void> } => {
  const seen: Array<Status> = []
  const waiting = new Set<() => void>()
  let current: TogglClients | undefined

  const open = (merge: boolean): TogglClients => {
    const toggl = opened(merge)
    toggl.status().subscribe(({ status }) => {
      if (status === undefined) return
      seen.push(status)
      for (const look of waiting) look()
    })
    return toggl
  }
  const toggl = (): TogglClients => (current ??= open(false))
  const close = () => current?.close() ?? Promise.resolve()

  /** Waits until this is true of the queue. */
  const until = (holds: (status: Status) => boolean): Promise<void> =>
    new Promise((resolve) => {
      const stop = toggl()
        .status()
        .subscribe(({ status }) => {
          if (status === undefined || !holds(status)) return
          resolve()
          // it may be true at once, before there is anything to stop
          queueMicrotask(() => {
            stop()
          })
        })
    })

  const app: App = {
    start: (merge) =>
      answer(async () => {
        await close()
        current = open(merge)
        await current.readStatus()
        return baseUrl
      }),
    create: (name) => answer(async () => stubOf(await toggl().create(workspaceId, { name }), Date.now())),
    update: (id, change) => answer(async () => stubOf(await toggl().update(workspaceId, id, change), Date.now())),
    archive: (id) => answer(async () => stubOf(await toggl().archive(workspaceId, id), Date.now())),
    clients: (freshness) => answer(async () => shownOf(await toggl().view(workspaceId, { status: "both", freshness }))),
    client: (id) => answer(async () => rowOf(await toggl().get(workspaceId, id, { freshness: "Local" }))),
    entries: () =>
      answer(async () => {
        const entries = await toggl().readEntries()
        return entries.map((entry) => lineOf(entry, Date.now()))
      }),
    retry: (entryId, name) =>
      answer(async () => {
        await toggl().retry(entryId, { name })
        return endedAs(await toggl().awaitOutcome(entryId))
      }),
    endings: (entryIds) =>
      answer(() => Promise.all(entryIds.map(async (entryId) => endedAs(await toggl().awaitOutcome(entryId))))),
    quota: () => answer(() => toggl().quota(workspaceId)),
    statusAfter: (count) =>
      answer(
        () =>
          new Promise((resolve) => {
            const look = () => {
              const status = seen[count]
              if (status === undefined) return
              waiting.delete(look)
              resolve({ count: count + 1, status })
            }
            waiting.add(look)
            look()
          })
      ),
    rests: () => answer(() => until((status) => isResting(status, Date.now())))
  }
  return { app, close }
}
