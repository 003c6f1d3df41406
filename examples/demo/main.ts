/**
 * `npm run demo`: a change made offline survives the end of its app, and reaches Toggl in order. The Toggl is a fake
 * one, over real HTTP on loopback; the app runs in a real Chromium, or in Node where there is none. `--promise`: it is the one
 * without Effect.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import * as Option from "effect/Option"
import { parseArgs } from "node:util"
import { ClientError } from "../../src/index.js"
import { FakeToggl } from "../../src/testing/index.js"
import * as InBrowser from "./InBrowser.js"
import * as InNode from "./InNode.js"
import * as Script from "./Script.js"
import * as Stage from "./Stage.js"
import * as Transcript from "./Transcript.js"

const print = Transcript.make(Transcript.colours(Transcript.wantsColours(process.stdout, process.env)))

const options = Effect.try({
  try: () =>
    parseArgs({
      args: process.argv.slice(2),
      options: {
        node: { type: "boolean", default: false },
        promise: { type: "boolean", default: false },
        "base-url": { type: "string" }
      }
    }).values,
  catch: (cause) =>
    new ClientError.InvalidConfiguration({
      setting: "arguments",
      problem: `${cause instanceof Error ? cause.message : String(cause)}; give --node, --promise, --base-url <url>, or nothing`
    })
})

const start = (stage: Stage.Stage) => Effect.map(stage.start({ offline: false }), (running) => ({ stage, running }))

const demo = Effect.gen(function* () {
  const { "base-url": baseUrl, node, promise } = yield* options
  const startedAt = yield* Clock.currentTimeMillis
  yield* Console.log(
    print.bold("effect-toggl-clients: a change made offline outlives its app and reaches Toggl in order")
  )
  yield* Console.log(`\n   starting ${node ? "Node's stage" : "a browser"} ...`)
  const fake = yield* FakeToggl.make(FakeToggl.premiumPlan)
  const { quotaPerHour } = yield* fake.options
  const inNode = Effect.flatMap(InNode.make(fake, baseUrl, promise), start)
  const { running, stage } = yield* node
    ? inNode
    : InBrowser.make(fake, baseUrl, promise).pipe(
        Effect.flatMap(start),
        Effect.catchTag("NoBrowser", ({ message }) =>
          Effect.zipRight(
            print.say(`${message}\n\nSo the app of this demo runs in Node, with no browser to kill.`),
            inNode
          )
        )
      )
  const used = yield* Stage.ask(() => running.app.start(false))
  if (used !== stage.baseUrl) {
    return yield* new ClientError.InvalidConfiguration({
      setting: "--base-url",
      problem: `this demo asks no Toggl but its own fake: leave it out (not ${used})`
    })
  }
  yield* print.say(`   app      ${stage.what}`)
  yield* Console.log(`   Toggl    a fake one, over HTTP at ${stage.baseUrl}`)
  yield* Script.play(stage, running, fake, quotaPerHour ?? 0, print).pipe(
    Effect.timeoutFail({
      duration: "25 seconds",
      onTimeout: () => new Transcript.NotAsSaid({ what: "the demo is soon over", expected: "25 s", got: "longer" })
    })
  )
  const seconds = ((yield* Clock.currentTimeMillis) - startedAt) / 1000
  yield* print.say(print.green(`All as it should be, in ${seconds.toFixed(1)} s.`))
}).pipe(Effect.scoped)

// By convention a process that a signal has ended gives 128 and the signal's number.
const statuses = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

// heard before the first step, so that no signal meets a demo that does not listen
const stopped = Deferred.unsafeMake<never>(FiberId.none)
let stoppedBy: keyof typeof statuses | undefined
for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    // npm and tsx pass on what the terminal has sent to all: the second one changes nothing
    if (stoppedBy !== undefined) return
    stoppedBy = signal
    console.log("\n   stopping: the browser is closed, and its profile removed ...")
    Deferred.unsafeDone(stopped, Effect.interrupt)
  })
}

const fiber = Effect.runFork(Effect.raceFirst(demo, Deferred.await(stopped)))

fiber.addObserver((exit) => {
  if (Exit.isFailure(exit)) {
    const error = Cause.failureOption(exit.cause)
    const isStopped = Cause.isInterruptedOnly(exit.cause)
    // what has a type has a sentence; anything else is a bug, and its trace helps
    const text = Option.isSome(error) ? error.value.message : isStopped ? "stopped" : Cause.pretty(exit.cause)
    console.error(`\n${print.red("✗")} ${text}`)
    process.exitCode = isStopped ? statuses[stoppedBy ?? "SIGINT"] : 1
  }
  // something of the browser's may be left open, but nothing is left to do
  setTimeout(() => process.exit(), 1000).unref()
})
