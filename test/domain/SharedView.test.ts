import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { type Client, type ClientId, type Filter, matches } from "../../src/Client.js"
import { Copies } from "../../src/instance/copies.js"
import { Log } from "../../src/instance/log.js"
import type { Entry } from "../../src/log/entry.js"
import * as OutboxStore from "../../src/OutboxStore.js"
import { overlay } from "../../src/read/overlay.js"
import { SharedView } from "../../src/read/shared.js"
import { isSame, viewOf } from "../../src/read/shown.js"
import * as transactions from "../../src/transactions/make.js"
import { writeClient } from "../../src/transactions/rows.js"
import type { Write } from "../../src/transactions/written.js"
import type { ClientView } from "../../src/View.js"
import { clientId, toggl, workspaceId } from "../store/StoreUnderTest.js"
import { clients, Model, states, type Step, steps, take } from "./Logs.js"

// Law 6: what many share, worked out a change at a time, is what is worked out of the rows all at once.

interface Row {
  readonly which: number
  readonly name: string
  readonly isGone: boolean
  readonly isDated: boolean
}

type Happening =
  | { readonly _tag: "InTheLog"; readonly step: Step }
  /** A create in doubt keeps what was known before it. */
  | { readonly _tag: "Doubted"; readonly which: number; readonly knows: number }
  /** This instance writes into the copy, whole lists too; its log hears of the step at once, or only with the next. */
  | {
      readonly _tag: "OwnStep"
      readonly rows: ReadonlyArray<Row>
      readonly isList: boolean
      readonly isHeardLate: boolean
    }
  /** Another one does. */
  | { readonly _tag: "OthersStep"; readonly rows: ReadonlyArray<Row> }
  /** What is held in memory was another user's. */
  | { readonly _tag: "OtherUser" }

const rows = FastCheck.array(
  FastCheck.record({
    which: FastCheck.nat(clients + 1),
    name: FastCheck.constantFrom("client 1", "client 2", "Client 2", "Ähre"),
    isGone: FastCheck.boolean(),
    isDated: FastCheck.boolean()
  }),
  { maxLength: 4 }
)

const happenings: FastCheck.Arbitrary<Happening> = FastCheck.oneof(
  { weight: 6, arbitrary: steps.map((step) => ({ _tag: "InTheLog" as const, step })) },
  {
    weight: 3,
    arbitrary: FastCheck.record({
      _tag: FastCheck.constant("Doubted" as const),
      which: FastCheck.nat(9),
      knows: FastCheck.nat(clients)
    })
  },
  {
    weight: 4,
    arbitrary: FastCheck.record({
      _tag: FastCheck.constant("OwnStep" as const),
      rows,
      isList: FastCheck.boolean(),
      isHeardLate: FastCheck.boolean()
    })
  },
  { weight: 1, arbitrary: rows.map((rows) => ({ _tag: "OthersStep" as const, rows })) },
  { weight: 1, arbitrary: FastCheck.constant({ _tag: "OtherUser" as const }) }
)

const filters: ReadonlyArray<Filter> = [
  { status: "both" },
  {},
  { status: "archived" },
  { status: "both", name: "client" }
]

/** An instance's log, copies and view, and the rows that they stand for. */
class World {
  readonly model = new Model()
  readonly log = new Log()
  readonly copies = new Copies(this.log.touches)
  readonly view = new SharedView(this.log, workspaceId)
  readonly selected = filters.map((filter) => {
    const selection = this.view.select(filter, () => {
      this.changes.push(filter)
    })
    return { filter, selection }
  })
  readonly rows = new Map<ClientId, Client>()
  changes: Array<Filter> = []
  reads = 0

  constructor() {
    this.log.take({ entries: [], unreadable: [], ids: new Map(), state: this.model.state })
  }

  readonly happens = (happening: Happening): void => {
    const { copies, log, model } = this
    switch (happening._tag) {
      case "InTheLog":
        take(model, log, happening.step)
        return
      case "Doubted": {
        const creates = model.entries.filter(({ mutation }) => mutation._tag === "Create")
        const before = creates[happening.which % Math.max(1, creates.length)]
        if (before === undefined) return
        const known = [...this.rows.keys()].slice(0, happening.knows)
        const entry: Entry = { ...before, state: states.SetAside, first: { isListed: true, known } }
        model.put(entry)
        log.put([entry])
        return
      }
      case "OwnStep": {
        const writes: ReadonlyArray<Write> = [
          ...(happening.isList ? [{ workspaceId, clientId: undefined, row: undefined }] : []),
          ...happening.rows.map(writeOf)
        ]
        this.write(happening.rows, happening.isList)
        const state = { ...model.state, step: model.state.step + 1 }
        model.state = state
        copies.wrote({ store: state.store, step: state.step, writes })
        if (happening.isHeardLate) {
          const next = { ...state, step: state.step + 1 }
          model.state = next
          copies.wrote({ store: next.store, step: next.step, writes: [] })
          log.advance(next)
          log.advance(state)
          return
        }
        log.advance(state)
        return
      }
      case "OthersStep":
        this.write(happening.rows, false)
        model.state = { ...model.state, step: model.state.step + 1 }
        log.take({ entries: model.entries, unreadable: [], ids: model.ids, state: model.state })
        return
      case "OtherUser":
        copies.clear()
        return
    }
  }

  /** As who reads does: the copy that is known, or the rows. */
  readonly looks = (): void => {
    const { state } = this.model
    const known = this.copies.at(workspaceId, this.log.state)
    if (known === undefined) this.reads++
    const { step, store } = state
    this.view.upTo(
      known ?? this.copies.put(workspaceId, { store, step, clients: [...this.rows.values()], fetchedAt: undefined })
    )
  }

  readonly anew = (): ReadonlyArray<ClientView> => {
    const { entries, ids } = this.model
    const known = [...this.rows.values()]
    const from = { source: "Local", fetchedAt: undefined, leftOut: 0 } as const
    return viewOf(overlay(workspaceId, known, { entries, ids, known }).values(), from).clients
  }

  private readonly write = (rows: ReadonlyArray<Row>, isList: boolean): void => {
    if (isList) this.rows.clear()
    for (const row of rows) {
      if (row.isGone) this.rows.delete(clientId(100 + row.which))
      else this.rows.set(clientId(100 + row.which), clientOf(row))
    }
  }
}

const clientOf = ({ isDated, name, which }: Row): Client => ({
  id: clientId(100 + which),
  workspaceId,
  name,
  notes: "",
  archived: which === 2,
  permissions: [],
  ...(isDated ? { at: 0 } : {})
})

const writeOf = (row: Row): Write => ({
  workspaceId,
  clientId: 100 + row.which,
  row: row.isGone ? undefined : writeClient(clientOf(row))
})

/** A log and its copies over a store, with a state in it, that others use too. */
const stored = Effect.gen(function* () {
  const memory = yield* OutboxStore.makeMemory
  const log = new Log()
  const copies = new Copies(log.touches)
  const own = transactions.make(yield* OutboxStore.fromMemory(memory), copies.wrote)
  const others = transactions.make(yield* OutboxStore.fromMemory(memory))
  const { store } = yield* own.changeState((state) => ({ ...state }))
  return { copies, log, others, own, store }
})

describe("the view that all share", () => {
  it("is after each step what the rows and the log give when it is worked out anew, for each filter", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.array(happenings, { maxLength: 40 }), (history) => {
        const world = new World()
        for (const happening of history) {
          world.happens(happening)
          world.looks()
          const anew = world.anew()
          assert.deepStrictEqual(world.view.view.clients, anew)
          for (const { filter, selection } of world.selected) {
            assert.deepStrictEqual(
              selection.view.clients,
              anew.filter((client) => matches(client, filter))
            )
          }
        }
      }),
      { numRuns: 1500 }
    )
  })

  it("keeps each client and each list that shows the same as before, and tells of all others", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.array(happenings, { maxLength: 40 }), (history) => {
        const world = new World()
        world.looks()
        for (const happening of history) {
          const before = world.selected.map(({ filter, selection: { view } }) => ({ filter, view }))
          const clients = new Map(world.view.view.clients.map((client) => [client.key, client]))
          world.changes = []
          world.happens(happening)
          world.looks()
          for (const client of world.view.view.clients) {
            const known = clients.get(client.key)
            if (known !== undefined) assert.strictEqual(isSame(known, client), known === client)
          }
          for (const [index, { filter, view }] of before.entries()) {
            const now = world.selected[index]?.selection.view
            const isNew =
              now?.clients.length !== view.clients.length || !view.clients.every((one, at) => one === now.clients[at])
            assert.strictEqual(now !== view, isNew)
            assert.strictEqual(world.changes.includes(filter), isNew)
          }
        }
      }),
      { numRuns: 1000 }
    )
  })

  it("has the changes of a client under each of its names, where the user has adopted one that was made here too", () => {
    const world = new World()
    const inTheLog = (step: Step) => {
      world.happens({ _tag: "InTheLog", step })
      world.looks()
      assert.deepStrictEqual(world.view.view.clients, world.anew())
    }
    for (const client of [1, 1, 2, 2]) inTheLog({ _tag: "Accept", client, isDelete: false, gap: 0 })
    inTheLog({ _tag: "End", which: 0, isDone: true, isAdopted: true })
    assert.deepNestedInclude(world.log.sumOf(workspaceId, clientId(101)), { "change.notes": "1" })
    inTheLog({ _tag: "End", which: 1, isDone: true, isAdopted: true })
    assert.deepNestedInclude(world.log.sumOf(workspaceId, clientId(101)), { "change.notes": "3" })
    assert.lengthOf([...world.log.entriesOf(clientId(101))], 2)
  })

  it("reads the rows again only where another instance has stepped", () => {
    FastCheck.assert(
      FastCheck.property(
        FastCheck.array(happenings, { maxLength: 20 }).map((history) =>
          history.filter(({ _tag }) => _tag === "OwnStep" || _tag === "Doubted")
        ),
        (history) => {
          const world = new World()
          world.looks()
          for (const happening of history) {
            world.happens(happening)
            world.looks()
          }
          assert.strictEqual(world.reads, 1)
        }
      )
    )
  })

  it.effect("follows no step that has not moved the queue on", () =>
    Effect.gen(function* () {
      const { copies, log, others, own, store } = yield* stored
      copies.put(workspaceId, yield* own.copy(workspaceId))
      const since = { store, turn: 0 }
      yield* others.storeClient(workspaceId, clientId(1), since, toggl(1, "Acme"))
      yield* own.receive([], new Map(), undefined, 0)
      log.take(yield* own.load)
      assert.isUndefined(copies.at(workspaceId, log.state))
    })
  )

  it.effect("is not made of a copy that the log has left behind", () =>
    Effect.gen(function* () {
      const { copies, log, others, own, store } = yield* stored
      const read = yield* own.copy(workspaceId)
      yield* others.storeClient(workspaceId, clientId(1), { store, turn: 0 }, toggl(1, "Acme"))
      log.take(yield* own.load)
      copies.put(workspaceId, read)
      assert.isUndefined(copies.at(workspaceId, log.state))
    })
  )

  it("is nobody's to change", () => {
    const world = new World()
    world.happens({
      _tag: "OwnStep",
      rows: [{ which: 1, name: "zeta", isGone: false, isDated: true }],
      isList: false,
      isHeardLate: false
    })
    world.looks()
    const { clients } = world.view.view
    assert.isTrue(Object.isFrozen(world.view.view))
    assert.isTrue(Object.isFrozen(clients))
    for (const client of clients) {
      assert.isTrue(Object.isFrozen(client))
      assert.isTrue(Object.isFrozen(client.permissions))
    }
  })
})
