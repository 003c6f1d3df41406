/**
 * The service worker of the outbox's tests: the same app, called by messages of the page.
 *
 * @since 0.1.0
 */
import "./outboxRecorder.js"
import { app } from "./outboxApp.js"

interface Call {
  readonly name: keyof typeof app
  readonly args: ReadonlyArray<never>
}

interface Extendable extends Event {
  readonly waitUntil: (done: Promise<unknown>) => void
}

const isExtendable = (event: Event): event is Extendable => "waitUntil" in event

addEventListener("message", (event: MessageEvent<Call>) => {
  const { args, name } = event.data
  const call: (...args: ReadonlyArray<never>) => unknown = app[name]
  const done = Promise.resolve()
    .then(() => call(...args))
    .then(
      (value) => event.ports[0]?.postMessage({ value }),
      (error: unknown) => event.ports[0]?.postMessage({ error: String(error) })
    )
  // without it a browser may end the worker while the app in it waits
  if (isExtendable(event)) event.waitUntil(done)
})
