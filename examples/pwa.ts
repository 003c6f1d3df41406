/**
 * In a page that must work offline: a list of clients, a field for new ones, and a line that says what the outbox does.
 * `npx tsx examples/fakeToggl.ts` serves it, together with a Toggl for it.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Stream from "effect/Stream"
import { Client, Clients, Credentials, Outbox, Status, type View } from "../src/index.js"

const workspaceId = Client.WorkspaceId.make(2230580)

const runtime = ManagedRuntime.make(
  Clients.layerBrowser({
    // what the app calls its user: it must know that offline too
    account: "ada",
    // a proxy on the page's own origin, which knows the user by a cookie
    credentials: Credentials.proxy({ header: { name: "X-Requested-With", value: "pwa" } }),
    baseUrl: "/api/v9"
  })
)

const add = <K extends keyof HTMLElementTagNameMap>(tag: K, text = ""): HTMLElementTagNameMap[K] => {
  const element = document.createElement(tag)
  element.textContent = text
  document.body.append(element)
  return element
}

add("h1", "Clients")
const form = add("form")
const field = document.createElement("input")
field.placeholder = "A new client's name"
form.append(field)
const problem = add("p")
const list = add("ul")
const refusals = add("ul")
const line = add("p")

const item = (text: string): HTMLLIElement => {
  const element = document.createElement("li")
  element.textContent = text
  return element
}

const show = ({ clients }: View.View) =>
  Effect.sync(() =>
    list.replaceChildren(...clients.map(({ name, pending }) => item(pending ? `${name} (not sent yet)` : name)))
  )

const statusLine = ({ queue, refused, waiting }: Status.Status, now: number): string => {
  const counts = `${waiting} to send${refused === 0 ? "" : `, ${refused} refused`}`
  switch (queue._tag) {
    case "Idle":
      return waiting === 0 && refused === 0 ? "Everything is saved in Toggl." : counts
    case "Replaying":
      return `Sending: ${queue.done} of ${queue.total}.`
    case "Waiting":
      return `${counts}: ${Status.describe(queue.for, now)}`
    case "Paused":
      return `${counts}: ${Status.describe({ _tag: queue.reason }, now)}`
    case "StorageLost":
      return queue.error.message
  }
}

const showRefused = Effect.map(Outbox.entries, (entries) =>
  refusals.replaceChildren(...entries.flatMap(({ refused }) => (refused === undefined ? [] : [item(refused.message)])))
)

const showStatus = (status: Status.Status) =>
  Effect.gen(function* () {
    line.textContent = statusLine(status, yield* Clock.currentTimeMillis)
    yield* showRefused
  })

const say = (text: string) =>
  Effect.sync(() => {
    problem.textContent = text
  })

// The typed errors are the user's: a name that is taken, a disk that is full. Being offline is none of them.
const create = (name: string) =>
  Effect.matchEffect(Clients.create(workspaceId, { name }), {
    onFailure: ({ message }) => say(message),
    onSuccess: () => say("")
  })

form.addEventListener("submit", (event) => {
  event.preventDefault()
  runtime.runFork(create(field.value))
  field.value = ""
})

// Asks Toggl once; what is on this device is shown meanwhile, and where Toggl cannot be reached.
const refresh = Effect.catchAll(Clients.list(workspaceId), ({ message }) => say(message))

const program = Effect.all(
  [refresh, Stream.runForEach(Clients.watch(workspaceId), show), Stream.runForEach(Outbox.changes, showStatus)],
  { concurrency: "unbounded", discard: true }
)

// a wrong setting is told too, in a sentence
Effect.runFork(
  program.pipe(
    Effect.provide(runtime),
    Effect.catchAll(({ message }) => say(message))
  )
)
