import { describe, expect, it } from "@effect/vitest"
import { Client, Clients, Outbox } from "../../src/index.js"
import { FakeToggl } from "../../src/testing/index.js"
import { aMoment } from "./Seeds.js"
import { type Device, run, type Script } from "./Run.js"

// A crash at every single operation of the store and around every request, one after another, and all laws after it.

const workspaceId = Client.WorkspaceId.make(FakeToggl.defaultWorkspace.id)

const create = (device: Device, name: string) =>
  device.mutate(Clients.create(workspaceId, { name, notes: `notes of ${name}` }))

interface Named extends Script {
  readonly name: string
  /** How many changes are accepted where nothing crashes. */
  readonly accepted: number
  /** The requests that change a client, where nothing crashes. */
  readonly writes: number
}

const offlineFirst = (device: Device, changes: () => void) => {
  device.setOnline(false)
  device.rest()
  changes()
  device.rest()
  device.setOnline(true)
  device.advance(120_000)
}

const scripts: ReadonlyArray<Named> = [
  {
    name: "a create online",
    accepted: 1,
    writes: 1,
    settings: {},
    play: (device) => {
      create(device, "Acme")
      device.advance(1_000)
    }
  },
  {
    name: "a client's whole life, made offline and sent later, one by one",
    accepted: 5,
    writes: 5,
    settings: { merge: false },
    play: (device) =>
      offlineFirst(device, () => {
        const made = create(device, "Acme")
        device.advance(15_000)
        const id = made()
        if (id === undefined) return
        device.mutate(Clients.update(workspaceId, id, { name: "Acme 2" }))
        device.rest()
        device.mutate(Clients.archive(workspaceId, id))
        device.rest()
        device.mutate(Clients.restore(workspaceId, id))
        device.rest()
        device.mutate(Clients.delete(workspaceId, id))
      })
  },
  {
    name: "a create whose answer is lost",
    accepted: 2,
    writes: 2,
    settings: {},
    play: (device) => {
      device.loseNextAnswer()
      create(device, "Acme")
      device.rest()
      create(device, "Globex")
      device.advance(120_000)
    }
  },
  {
    name: "a refusal, with a change that does not depend on it",
    accepted: 2,
    writes: 2,
    settings: {},
    play: (device) => {
      offlineFirst(device, () => {
        device.mutate(Clients.archive(workspaceId, Client.ClientId.make(1)))
        device.rest()
        create(device, "Acme")
        device.advance(15_000)
      })
    }
  },
  {
    name: "changes that go as one request",
    accepted: 4,
    writes: 2,
    settings: { merge: true },
    play: (device) =>
      offlineFirst(device, () => {
        const [first, second] = device.clients
        if (first === undefined || second === undefined) return
        device.mutate(Clients.update(workspaceId, first, { notes: "one" }))
        device.rest()
        device.mutate(Clients.update(workspaceId, second, { notes: "of another" }))
        device.rest()
        device.mutate(Clients.update(workspaceId, first, { notes: "two" }))
        device.rest()
        device.mutate(Clients.update(workspaceId, first, { notes: "three" }))
      })
  },
  {
    name: "a client made and deleted before anything of it was sent",
    accepted: 3,
    writes: 1,
    settings: { merge: true },
    play: (device) =>
      offlineFirst(device, () => {
        const made = create(device, "Acme")
        device.advance(15_000)
        const id = made()
        if (id === undefined) return
        device.mutate(Clients.delete(workspaceId, id))
        device.rest()
        create(device, "Globex")
      })
  },
  {
    name: "several deletes, and archives, as one request each",
    accepted: 5,
    writes: 2,
    settings: { bulk: true, merge: false },
    play: (device) =>
      offlineFirst(device, () => {
        for (const id of device.clients.slice(0, 3)) device.mutate(Clients.archive(workspaceId, id))
        device.rest()
        for (const id of device.clients.slice(0, 2)) device.mutate(Clients.delete(workspaceId, id))
      })
  },
  {
    name: "sign-in lost and regained",
    accepted: 2,
    writes: 2,
    settings: {},
    play: (device) => {
      create(device, "Acme")
      device.rest()
      device.setCredentials("Wrong")
      device.rest()
      create(device, "Globex")
      device.advance(15_000)
      device.setCredentials("Good")
      device.advance(60_000)
    }
  },
  {
    name: "signing out with changes that wait, and in again",
    accepted: 2,
    writes: 2,
    settings: {},
    play: (device) => {
      device.setOnline(false)
      device.rest()
      create(device, "Acme")
      create(device, "Globex")
      device.rest()
      device.call(Outbox.signOut)
      device.rest()
      device.setCredentials("None")
      device.setOnline(true)
      device.advance(60_000)
      device.setCredentials("Good")
      device.advance(120_000)
    }
  }
]

const history = { setup: 11, steps: [] }
const timeout = 300_000

describe("a crash at every point", () => {
  it.each(scripts)("of $name", { timeout }, async (script) => {
    const undisturbed = run(history, { script })
    expect(undisturbed.broken).toBeUndefined()
    expect(undisturbed.accepted).toBe(script.accepted)
    const { points } = undisturbed
    const sent = points.filter((point) => /^before (POST|PUT|DELETE|PATCH) .* lands$/.test(point))
    expect(sent.length, points.join("\n")).toBe(script.writes)
    expect(points.filter((point) => /^after (accept|settle)$/.test(point)).length).toBeGreaterThan(script.writes)

    const crashed: Array<string> = []
    for (const [crashAt, point] of points.entries()) {
      await aMoment()
      const result = run(history, { script, crashAt })
      expect(result.broken, `${crashAt}: ${point}`).toBeUndefined()
      expect(result.points.length, "the tab dies there and nowhere else").toBe(crashAt + 1)
      const last = result.points.at(-1)
      if (last !== undefined) crashed.push(last)
    }
    expect(crashed).toEqual(points)
    expect(crashed.length).toBeGreaterThan(10)
  })
})
