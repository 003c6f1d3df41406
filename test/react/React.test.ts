import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Wait from "../browser/Wait.js"
import * as ReactSite from "./ReactSite.js"

// The React door in a real browser, with React 18 and 19: what a component shows, what is asked for it, and what is left.

const { opened, workspaceId } = ReactSite

const clientsPath = `/workspaces/${workspaceId}/clients`
const once = ["GET /me", `GET ${clientsPath}`]

const many = Array.from({ length: 500 }, (_, at) => `Client ${String(at).padStart(3, "0")}`)

const lists = ["list", "ownRows"] as const

/** Once nothing is under way, only a change draws anything. */
const rests = (tab: {
  readonly call: (name: "shown") => Effect.Effect<{ readonly heading: string | null }, unknown>
}) =>
  Wait.until(
    "the refresh to end",
    Effect.map(tab.call("shown"), ({ heading }) => heading === "Ready Idle")
  )

layer(ReactSite.layer, { excludeTestServices: true })("the React door", (it) => {
  for (const version of ReactSite.versions) {
    const law = (name: string, test: ReactSite.Test) => it.scoped(`with React ${version} ${name}`, () => test)

    law(
      "runs over that version alone",
      Effect.gen(function* () {
        const tab = yield* opened(version)
        expect(yield* tab.call("version")).toMatch(new RegExp(`^${version}\\.`))
      })
    )

    law(
      "in StrictMode asks once, listens once, and leaves nothing when it is unmounted",
      Effect.gen(function* () {
        const tab = yield* opened(version, { clients: ["Acme", "Bluebird"] })
        // so fresh that each event asks
        const mounted = { screen: "list", isStrict: true, options: { freshness: 0 } } as const
        yield* tab.show(mounted)
        yield* tab.shows("Acme", "Bluebird")
        yield* rests(tab)
        expect(yield* tab.requests).toEqual(once)
        expect(yield* tab.call("listened")).toBe(2)
        expect(yield* tab.call("listening")).toBe(1)

        yield* tab.toggl.clearRequests
        yield* tab.call("sayOnline")
        yield* tab.toggl.awaitRequest(({ method }) => method === "GET")

        yield* tab.call("unmount")
        yield* tab.listen(0)
        yield* tab.toggl.clearRequests
        yield* tab.call("sayOnline")
        yield* tab.call("create", workspaceId, { name: "Cobalt" })
        yield* tab.call("awaitDrained")
        expect(yield* tab.requests).toEqual([`POST ${clientsPath}`])

        yield* tab.show(mounted)
        yield* tab.shows("Acme", "Bluebird", "Cobalt")
        expect(yield* tab.call("complaints")).toEqual([])
      })
    )

    law(
      "renders on a server that it loads, and starts nothing there",
      Effect.gen(function* () {
        const { of } = yield* ReactSite.Site
        const { rendered } = of(version)
        expect(rendered.version).toMatch(new RegExp(`^${version}\\.`))
        expect(rendered.markup).toBe("<section><h1>Loading</h1><ul></ul></section>")
        expect(rendered).toMatchObject({ browser: [], isAsked: false, complaints: [] })
        expect(rendered.handles.filter((handle) => /Timeout|Immediate|Fetch|TCP/.test(handle))).toEqual([])
      })
    )

    law(
      "takes over a server's markup without a warning, and then shows the clients",
      Effect.gen(function* () {
        const tab = yield* opened(version, { clients: ["Acme"], path: "/rendered" })
        expect(yield* tab.call("shown")).toEqual({ heading: "Loading", line: null, rows: [] })
        yield* tab.call("hydrate", { screen: "list", workspaceId, isStrict: true })
        yield* tab.shows("Acme")
        expect(yield* tab.call("complaints")).toEqual([])
        expect(yield* tab.requests).toEqual(once)
      })
    )

    law(
      "would be heard to warn, where the markup is another's",
      Effect.gen(function* () {
        const tab = yield* opened(version, { path: "/rendered" })
        yield* tab.call("hydrate", { screen: "queue", workspaceId })
        yield* Wait.until(
          "a complaint",
          Effect.map(tab.call("complaints"), (complaints) => complaints.length > 0)
        )
      })
    )

    for (const screen of lists) {
      const how = screen === "list" ? "rows in memo" : "rows that each ask for their own client"

      law(
        `draws one of 500 ${how} where one client changes`,
        Effect.gen(function* () {
          const tab = yield* opened(version, { clients: many })
          yield* tab.show({ screen })
          yield* tab.shows(...many)
          yield* rests(tab)
          const id = (yield* tab.call("shown")).rows[250]?.id ?? 0
          yield* tab.setOffline(true)
          yield* tab.call("drawn")
          yield* tab.call("update", workspaceId, id, { notes: "net 30" })
          yield* tab.shows(...many.with(250, "Client 250 (waits)"))
          expect(yield* tab.call("drawn")).toEqual({ "Client 250 (waits)": 1 })
          yield* tab.setOffline(false)
          yield* tab.shows(...many)
          yield* tab.call("awaitDrained")
          expect(yield* tab.call("drawn")).toEqual({ "Client 250": 1 })
          expect(yield* tab.call("complaints")).toEqual([])
        })
      )

      law(
        `keeps the row of a client that was created offline, as one of ${how}`,
        Effect.gen(function* () {
          const tab = yield* opened(version, { clients: ["Bluebird"] })
          yield* tab.show({ screen })
          yield* tab.shows("Bluebird")
          yield* rests(tab)
          yield* tab.setOffline(true)
          yield* tab.call("drawn")
          expect(yield* tab.call("create", workspaceId, { name: "Acme" })).toBe("Queued")
          yield* tab.shows("Acme (waits)", "Bluebird")
          const [before] = (yield* tab.call("shown")).rows
          expect(before?.id).toBeLessThan(0)
          yield* tab.setOffline(false)
          yield* tab.shows("Acme", "Bluebird")
          const [after] = (yield* tab.call("shown")).rows
          expect(after?.id).toBeGreaterThan(0)
          expect(after?.element).toBe(before?.element)
          // neither began anew: nowhere was it said to load
          expect(Object.keys(yield* tab.call("drawn")).sort()).toEqual(["Acme", "Acme (waits)"])
        })
      )
    }

    law(
      "shows what waits, and that nothing does any more",
      Effect.gen(function* () {
        const tab = yield* opened(version)
        yield* tab.show({ screen: "queue" })
        yield* tab.setOffline(true)
        yield* tab.call("create", workspaceId, { name: "Acme" })
        yield* tab.shows("Acme")
        expect(yield* tab.call("shown")).toMatchObject({ heading: "Ready", line: "1 wait" })
        yield* tab.setOffline(false)
        yield* tab.shows()
        expect(yield* tab.call("shown")).toMatchObject({ heading: "Ready", line: "0 wait" })
      })
    )

    law(
      "listens on where equal options are written anew, and anew where they are others",
      Effect.gen(function* () {
        const tab = yield* opened(version, { clients: ["Acme", "Bluebird"] })
        const [acme] = yield* tab.toggl.clients(workspaceId)
        yield* tab.toggl.edit.archiveClient(workspaceId, acme?.id ?? 0)
        yield* tab.show({ screen: "list", options: { status: "active" } })
        yield* tab.shows("Bluebird")
        for (let times = 0; times < 5; times++) yield* tab.call("showAgain")
        expect(yield* tab.call("listened")).toBe(1)
        yield* tab.show({ screen: "list", options: { status: "both" } })
        yield* tab.shows("Acme", "Bluebird")
        yield* tab.listen(1)
        expect(yield* tab.call("listened")).toBe(2)
        expect(yield* tab.requests).toEqual(once)
      })
    )

    law(
      "says what to do where no provider stands above, and where it was given no Toggl",
      Effect.gen(function* () {
        const tab = yield* opened(version)
        const line = Effect.map(tab.call("shown"), ({ line }) => line)
        yield* tab.show({ screen: "list", wrong: "no provider" })
        yield* Wait.until(
          "a sentence",
          Effect.map(line, (line) => line !== null)
        )
        expect(yield* line).toBe(
          "InvalidConfiguration: TogglProvider: none stands above this component: wrap the app in one, and give it what open(...) has given"
        )
        yield* tab.call("unmount")
        yield* tab.show({ screen: "list", wrong: "no Toggl" })
        yield* Wait.until(
          "a sentence",
          Effect.map(line, (line) => line !== null)
        )
        expect(yield* line).toBe(
          "InvalidConfiguration: toggl: set it on TogglProvider to what open(...) of effect-toggl-clients/promise gives"
        )
      })
    )

    law(
      "asks for nothing while a part of the screen is late, and once when that is there",
      Effect.gen(function* () {
        const tab = yield* opened(version, { clients: ["Acme"] })
        yield* tab.show({ screen: "list", isLate: true })
        yield* Wait.until(
          "the fallback",
          Effect.map(tab.call("shown"), ({ line }) => line === "something is late")
        )
        expect(yield* tab.call("listened")).toBe(0)
        yield* tab.call("arrives")
        yield* tab.shows("Acme")
        expect(yield* tab.call("listened")).toBe(1)
        expect(yield* tab.requests).toEqual(once)
      })
    )

    law(
      "goes on showing the last state once all is closed",
      Effect.gen(function* () {
        const tab = yield* opened(version, { clients: ["Acme"] })
        yield* tab.show({ screen: "list" })
        yield* tab.shows("Acme")
        yield* tab.call("close")
        yield* tab.call("showAgain")
        expect(yield* tab.texts).toEqual(["Acme"])
        yield* tab.call("unmount")
        yield* tab.listen(0)
        expect(yield* tab.call("complaints")).toEqual([])
      })
    )

    law(
      "shows what another Toggl has, once the provider is given that",
      Effect.gen(function* () {
        const tab = yield* opened(version, { clients: ["Bluebird"] })
        yield* tab.show({ screen: "list" })
        yield* tab.shows("Bluebird")
        yield* tab.setOffline(true)
        yield* tab.open("grace")
        yield* tab.call("create", workspaceId, { name: "Acme" })
        expect(yield* tab.texts).toEqual(["Bluebird"])
        yield* tab.call("showAgain")
        yield* tab.shows("Acme (waits)")
        yield* tab.listen(1)
      })
    )
  }

  it.scoped("with React 19 keeps the rows of what is hidden, where something above shows the same clients", () =>
    Effect.gen(function* () {
      const tab = yield* opened(19, { clients: ["Bluebird"] })
      const rows = Effect.map(tab.call("shown"), ({ rows }) => rows)
      const mounted = { screen: "list", isHeld: true } as const
      yield* tab.show({ ...mounted, isHidden: false })
      yield* tab.shows("Bluebird")
      const before = yield* rows
      yield* tab.show({ ...mounted, isHidden: true })
      yield* tab.listen(1)
      expect(yield* rows).toEqual([])
      yield* tab.show({ ...mounted, isHidden: false })
      yield* tab.shows("Bluebird")
      expect(yield* rows).toEqual(before)
    })
  )

  it.scoped("with React 19 listens to nothing while it is hidden, and shows what is so when it is back", () =>
    Effect.gen(function* () {
      const tab = yield* opened(19, { clients: ["Bluebird"] })
      yield* tab.show({ screen: "list", isHidden: false })
      yield* tab.shows("Bluebird")
      yield* tab.show({ screen: "list", isHidden: true })
      yield* tab.listen(0)
      expect(yield* tab.texts).toEqual([])
      yield* tab.call("create", workspaceId, { name: "Acme" })
      yield* tab.show({ screen: "list", isHidden: false })
      yield* tab.shows("Acme", "Bluebird")
      yield* tab.listen(1)
      expect(yield* tab.call("complaints")).toEqual([])
    })
  )
})
