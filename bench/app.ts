/**
 * A browser app as a user writes it, to be bundled by `npm run size` and never run: a list that follows its changes, a
 * new client, and what still waits. Each module comes by its own path, which every bundler shakes.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Client from "../src/Client.js"
import * as Clients from "../src/Clients.js"
import * as Credentials from "../src/Credentials.js"
import * as Outbox from "../src/Outbox.js"

const workspaceId = Client.WorkspaceId.make(2230580)

const show = (selector: string, texts: ReadonlyArray<string>) =>
  Effect.sync(() => document.querySelector(selector)?.replaceChildren(...texts))

const program = Effect.gen(function* () {
  yield* Clients.list(workspaceId)
  const added = yield* Clients.create(workspaceId, { name: "Acme" })
  yield* show("#added", [added._tag])
  const { waiting } = yield* Outbox.status
  yield* show("#waiting", [String(waiting)])
  yield* Stream.runForEach(Clients.watch(workspaceId), ({ clients }) =>
    show(
      "#clients",
      clients.map(({ name }) => name)
    )
  )
})

const services = Clients.layerBrowser({
  account: "anna",
  credentials: Credentials.token(Redacted.make("...")),
  baseUrl: "/api/toggl"
})

Effect.runFork(Effect.provide(program, services))
