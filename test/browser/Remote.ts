/**
 * Calls the pages of a browser that has no driver: each page asks for what to do and answers, by requests to its own
 * origin. Mount the handler at `/remote`.
 *
 * @since 0.1.0
 */
import * as Deferred from "effect/Deferred"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Exposed, Own } from "./PageBridge.js"
import type { WebHandler } from "./PageServer.js"
import { type Callable, PageFailed } from "./Tab.js"
import * as Wait from "./Wait.js"

/**
 * What a page is asked to do.
 *
 * @since 0.1.0
 * @category models
 */
export interface Call {
  readonly id: number
  readonly name: string
  readonly args: ReadonlyArray<unknown>
}

/**
 * What came of it.
 *
 * @since 0.1.0
 * @category models
 */
export type Answer = { readonly value?: unknown } | { readonly error: string }

/**
 * A page that exposes `Api`, called without a driver.
 *
 * @since 0.1.0
 * @category models
 */
export interface Tab<Api extends Exposed> extends Callable<Api> {
  readonly name: string
  /** Goes to an address: the same page again, or another that is called by this name. */
  readonly goTo: (url: string) => Effect.Effect<void, PageFailed>
  readonly goBack: Effect.Effect<void, PageFailed>
  /** Opens a window with that address beside it. */
  readonly openWindow: (url: string) => Effect.Effect<void, PageFailed>
}

/**
 * Who calls the pages of a server.
 *
 * @since 0.1.0
 * @category models
 */
export interface Remote {
  readonly handler: WebHandler
  /**
   * The page whose address has `?tab=` and this name, opened already or not. Whatever was called by that name before is
   * forgotten.
   */
  readonly tab: <Api extends Exposed>(name: string) => Tab<Api>
}

interface Inbox {
  readonly calls: Array<Call>
  readonly listeners: Set<() => void>
}

// It stays in the inbox until it is answered: who asks says what has come.
const nextOf = ({ calls, listeners }: Inbox, after: number) =>
  Effect.async<Call>((resume) => {
    const look = () => {
      const call = calls.find(({ id }) => id > after)
      if (call === undefined) return
      listeners.delete(look)
      resume(Effect.succeed(call))
    }
    listeners.add(look)
    look()
    return Effect.sync(() => listeners.delete(look))
  })

const nothing = () => new Response(null, { status: 204 })

/**
 * @since 0.1.0
 * @category constructors
 */
export const make: Effect.Effect<Remote> = Effect.sync(() => {
  const inboxes = new Map<string, Inbox>()
  const answers = new Map<number, (text: string) => void>()
  let lastId = 0
  const renew = (tab: string) => {
    const inbox: Inbox = { calls: [], listeners: new Set() }
    inboxes.set(tab, inbox)
    return inbox
  }

  const handler: WebHandler = async (request) => {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname === "/remote/next") {
      const tab = searchParams.get("tab") ?? ""
      const next = nextOf(inboxes.get(tab) ?? renew(tab), Number(searchParams.get("after")))
      return Response.json(await Effect.runPromise(next, { signal: request.signal }))
    }
    const id = Number(searchParams.get("id"))
    answers.get(id)?.(await request.text())
    answers.delete(id)
    return nothing()
  }

  const tab = <Api extends Exposed>(tab: string): Tab<Api> => {
    renew(tab)
    const send = <A>(bound: Duration.DurationInput, name: string, args: ReadonlyArray<unknown>, isLast = false) =>
      Effect.gen(function* () {
        const id = ++lastId
        const answered = yield* Deferred.make<string>()
        const { calls, listeners } = inboxes.get(tab) ?? renew(tab)
        calls.push({ id, name, args })
        answers.set(id, (text) => {
          calls.splice(0, calls.length, ...calls.filter((call) => call.id !== id))
          // before the page hears that it was heard, and leaves
          if (isLast) renew(tab)
          Effect.runSync(Deferred.succeed(answered, text))
        })
        for (const listener of listeners) listener()
        const text = yield* Deferred.await(answered)
        const answer = yield* Effect.promise<{ readonly value: A; readonly error?: string }>(() =>
          new Response(text).json()
        )
        if (answer.error !== undefined) return yield* Effect.fail(answer.error)
        return answer.value
      }).pipe(
        Wait.within(`calling ${name} of ${tab}`, bound),
        Effect.mapError((error) => {
          const reason = typeof error === "string" ? error : error.message
          return new PageFailed({ doing: `calling ${name} of ${tab}`, reason, output: [] })
        })
      )
    const callWithin: Tab<Api>["callWithin"] =
      (bound) =>
      (name, ...args) =>
        send(bound, name, args)
    const ofItsOwn = <K extends keyof Own>(name: K, args: ReadonlyArray<string>, isLast: boolean) =>
      send<ReturnType<Own[K]>>("20 seconds", name, args, isLast)
    return {
      name: tab,
      call: callWithin("20 seconds"),
      callWithin,
      goTo: (url) => ofItsOwn("goTo", [url], true),
      goBack: ofItsOwn("goBack", [], true),
      openWindow: (url) => ofItsOwn("openWindow", [url], false)
    }
  }
  return { handler, tab }
})
