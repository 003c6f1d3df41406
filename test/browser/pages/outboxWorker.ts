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

addEventListener("message", (event: MessageEvent<Call>) => {
  const { args, name } = event.data
  const call: (...args: ReadonlyArray<never>) => unknown = app[name]
  void Promise.resolve()
    .then(() => call(...args))
    .then(
      (value) => event.ports[0]?.postMessage({ value }),
      (error: unknown) => event.ports[0]?.postMessage({ error: String(error) })
    )
})
