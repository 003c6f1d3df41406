import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Client, type Receipt } from "../../src/index.js"
import { Fault, type RequestLog } from "../../src/testing/index.js"
import { create, offline, online, opened, queued, says } from "../Requests.js"
import { law, type Tab, workspaceId, type World } from "../World.js"

// Laws 4 and 5: one entry that never gets through, in whichever way, blocks only what depends on it, and can be taken out.

const setAsideAfter = 5

type Request = RequestLog.RecordedRequest

const ways: ReadonlyArray<readonly [name: string, fault: Fault.Fault]> = [
  ["a firewall's page with 400", Fault.firewall(400)],
  ["a firewall's page with 403", Fault.firewall(403)],
  ["a firewall's page with 404", Fault.firewall(404)],
  ["a firewall's page with 405", Fault.firewall(405)],
  ["a firewall's page with 406", Fault.firewall(406)],
  ["a page with 200", Fault.captivePortal],
  ["JSON that is no client", Fault.respond({ status: 200, body: '{"offline":true}' })],
  ["a redirect", Fault.redirect("https://elsewhere.example/")],
  ["a connection that is reset", Fault.refuse],
  ["no answer until the limit", Fault.hang()],
  ["a server that fails", Fault.proxyError()],
  ["a server that fails and names a time", Fault.proxyError({ status: 503, headers: { "retry-after": "30" } })]
]

interface Operation {
  readonly name: string
  /** Asks for the change of the client that is there, or makes one. */
  readonly ask: (tab: Tab, clientId: Client.ClientId) => Effect.Effect<Receipt.Receipt<unknown>, unknown>
  readonly isArchived?: boolean
}

const operations: ReadonlyArray<Operation> = [
  { name: "create", ask: (tab) => create(tab, "Poison") },
  { name: "update", ask: (tab, id) => tab.clients.update(workspaceId, id, { notes: "poison" }) },
  { name: "delete", ask: (tab, id) => tab.clients.delete(workspaceId, id) },
  { name: "archive", ask: (tab, id) => tab.clients.archive(workspaceId, id) },
  { name: "restore", ask: (tab, id) => tab.clients.restore(workspaceId, id), isArchived: true }
]

/** What asks for the change; with `reads`, also what looks it up. */
const isOfPoison = (clientId: Client.ClientId, reads: boolean) => (request: Request) => {
  const isCreate = request.method === "POST" && says(request, "Poison")
  const isOfClient = new RegExp(`/clients/${clientId}(/|$)`).test(request.path)
  return isCreate || (isOfClient && (reads || request.method !== "GET"))
}

/** What was asked for the sake of the change; a create is looked up by a list. */
const isSpentOn =
  ({ name }: Operation, clientId: Client.ClientId) =>
  (line: string) =>
    name === "create" ? line.endsWith(" Poison") || line === "GET /clients" : line.includes(`/clients/${clientId}`)

/** The two lists on which the others are built cannot be told from those that look up a create. */
const othersLists = ({ name }: Operation) => (name === "create" ? 2 : 0)

/** One change that meets the fault, and three behind it that depend on nothing. */
const history = (
  world: World,
  operation: Operation,
  fault: Fault.Fault,
  how: { reads?: boolean; skip?: number; times?: number }
) =>
  Effect.gen(function* () {
    const { edit } = world.toggl
    const poison = Client.ClientId.make((yield* edit.createClient(workspaceId, { name: "Old" })).id)
    if (operation.isArchived === true) yield* edit.archiveClient(workspaceId, poison)
    const first = Client.ClientId.make((yield* edit.createClient(workspaceId, { name: "First" })).id)
    const last = Client.ClientId.make((yield* edit.createClient(workspaceId, { name: "Last" })).id)
    const tab = yield* opened(world)
    yield* offline(world, tab)
    const id = queued(yield* operation.ask(tab, poison))
    yield* tab.clients.update(workspaceId, first, { notes: "1" })
    yield* create(tab, "Second")
    yield* tab.clients.update(workspaceId, last, { notes: "3" })
    yield* world.clearRequests
    const when = isOfPoison(poison, how.reads ?? false)
    const injected = yield* world.toggl.inject(fault, { when, times: how.times ?? "always", skip: how.skip ?? 0 })
    yield* online(world, tab)
    return {
      tab,
      id,
      poison,
      injected,
      others: [`PUT /clients/${first} First`, "POST /clients Second", `PUT /clients/${last} Last`]
    }
  })

/** Waits until the entry is set aside, a little at a time. */
const untilSetAside = (world: World, tab: Tab, minutes = 60): Effect.Effect<void> =>
  Effect.gen(function* () {
    for (let left = minutes * 12; left > 0; left--) {
      const { queue, setAside } = yield* tab.outbox.status
      if (setAside > 0 && queue._tag !== "Replaying") return
      yield* world.passes("5 seconds")
    }
  })

for (const operation of operations) {
  describe(`one ${operation.name} that meets`, () => {
    for (const [name, fault] of ways) {
      for (const reads of operation.name === "create" ? [false] : [false, true]) {
        law(
          `${name} for ever${reads ? ", its look-ups too" : ""}: the rest is sent, and it can be taken out`,
          (world) =>
            Effect.gen(function* () {
              const { id, others, poison, tab } = yield* history(world, operation, fault, { reads })
              yield* untilSetAside(world, tab)
              const sent = yield* world.sent
              assert.deepStrictEqual(
                sent.filter((line) => others.includes(line)),
                others,
                "the rest is sent, in order"
              )
              const spent = (yield* world.requests).filter(isSpentOn(operation, poison))
              assert.isAtMost(spent.length - othersLists(operation), 2 * (setAsideAfter + 1), spent.join("\n"))
              const [entry, ...more] = yield* tab.outbox.entries
              assert.deepStrictEqual(more, [])
              assert.strictEqual(entry?.reason?._tag, "SetAside")
              assert.isDefined(entry?.reason !== undefined && "error" in entry.reason ? entry.reason.error : undefined)
              assert.deepStrictEqual(yield* tab.outbox.discard(id), [{ id, mayHaveBeenApplied: true }])
              yield* world.clearRequests
              yield* world.passes("1 day")
              assert.deepStrictEqual(yield* world.requests, [])
            })
        )
      }
      law(`${name} once: all are sent, in order`, (world) =>
        Effect.gen(function* () {
          const { id, others, tab } = yield* history(world, operation, fault, { times: 1 })
          yield* world.passes("20 minutes")
          assert.deepStrictEqual(yield* tab.outbox.entries, [])
          assert.strictEqual((yield* tab.outbox.outcome(id))._tag, "Done")
          assert.deepStrictEqual((yield* world.sent).slice(-3), others)
        })
      )
      law(`${name} from the second time on, after a failure of another kind: the rest is sent`, (world) =>
        Effect.gen(function* () {
          const { injected, others, poison, tab } = yield* history(world, operation, fault, { skip: 1 })
          yield* world.toggl.inject(Fault.proxyError({ status: 504 }), { when: isOfPoison(poison, false), times: 1 })
          yield* untilSetAside(world, tab)
          assert.deepStrictEqual(
            (yield* world.sent).filter((line) => others.includes(line)),
            others
          )
          // It is tried again by itself, and lands when it can.
          yield* injected.takeBack
          yield* world.passes("13 hours")
          assert.deepStrictEqual(yield* tab.outbox.entries, [])
        })
      )
    }
  })
}
