/**
 * The lock that the tabs of a device share, as Web Locks behave: granted in the order of asking, released when its
 * holder dies, and to be stolen. A tab hears of a grant, or of the theft, by a message.
 */
import * as Effect from "effect/Effect"
import type * as ReplayLock from "../../src/ReplayLock.js"
import type * as Machine from "./Machine.js"

interface Request {
  readonly process: Machine.Process
  readonly granted: () => void
  lost: boolean
  over: boolean
}

export interface Device {
  readonly connect: (process: Machine.Process) => ReplayLock.ReplayLockService
  readonly holder: () => Machine.Process | undefined
  readonly waiting: (process: Machine.Process) => number
}

export const make = (machine: Machine.Machine): Device => {
  let holder: Request | undefined
  let queue: ReadonlyArray<Request> = []

  const grant = (request: Request) => {
    holder = request
    machine.note(() => `    ${request.process.name} holds the lock`)
    request.process.post("lock", "hears that it has the lock", request.granted)
  }
  const grantNext = () => {
    const [next, ...others] = queue
    if (holder !== undefined || next === undefined) return
    queue = others
    grant(next)
  }
  const end = (request: Request) => {
    request.over = true
    queue = queue.filter((other) => other !== request)
    if (holder === request) holder = undefined
    grantNext()
  }

  return {
    holder: () => holder?.process,
    waiting: (process) => queue.filter((request) => request.process === process).length,
    connect: (process) => {
      const mine = new Set<Request>()
      process.onDeath(() => {
        for (const request of mine) end(request)
      })
      const release = (request: Request) => {
        mine.delete(request)
        end(request)
      }
      return {
        kind: "Exclusive",
        acquire: ({ steal }) =>
          Effect.uninterruptibleMask((restore) =>
            Effect.gen(function* () {
              const request = yield* restore(
                Effect.async<Request>((resume) => {
                  const request: Request = {
                    process,
                    lost: false,
                    over: false,
                    granted: () => {
                      if (!request.over) resume(Effect.succeed(request))
                    }
                  }
                  mine.add(request)
                  if (steal) {
                    const before = holder
                    if (before !== undefined) {
                      machine.note(() => `    ${process.name} steals the lock from ${before.process.name}`)
                      before.process.post("lock", "hears that the lock is lost", () => {
                        before.lost = true
                      })
                    }
                    grant(request)
                  } else {
                    queue = [...queue, request]
                    grantNext()
                  }
                  return Effect.sync(() => release(request))
                })
              )
              yield* Effect.addFinalizer(() => Effect.sync(() => release(request)))
              return { isLost: () => request.lost }
            })
          )
      }
    }
  }
}
