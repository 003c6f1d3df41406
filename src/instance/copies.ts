// The copies that this instance holds: they follow its own steps, and are read again only where another one has stepped.
import * as Schema from "effect/Schema"
import { type Client, ClientId } from "../Client.js"
import { type QueueState, workspaceOf } from "../log/state.js"
import type { Copy } from "../transactions/copy.js"
import { readClient } from "../transactions/rows.js"
import type { Write, Written } from "../transactions/written.js"
import type { Touches } from "./touches.js"

// A copy that nobody has asked for while so many steps were taken is let go.
const longestBehind = 64

const isClientId = Schema.is(ClientId)

/** A workspace's clients, which whoever holds on to them sees change as the copy goes on. */
export type Clients = ReadonlyMap<ClientId, Client>

/** A copy as it is held. */
export interface HeldCopy extends Pick<Copy, "fetchedAt"> {
  readonly clients: Clients
}

interface Held {
  readonly store: string
  readonly clients: Map<ClientId, Client>
  step: number
}

/**
 * What holds after each change:
 *
 * - a copy that is given is the one which a reading of the store at that step would give
 * - each client is told to `touches` whose row is another than it was
 */
export class Copies {
  private readonly held = new Map<number, Held>()
  private ahead: ReadonlyArray<Written> = []
  private readonly touches: Touches

  constructor(touches: Touches) {
    this.touches = touches
  }

  /** The copy that goes with the log in that state, where it is known here. */
  readonly at = (workspaceId: number, state: QueueState): HeldCopy | undefined => {
    for (const [id, held] of this.held) this.follow(id, held, state)
    this.ahead = this.ahead.filter(({ step, store }) => store === state.store && step > state.step)
    const held = this.held.get(workspaceId)
    if (held?.store !== state.store || held.step !== state.step) return undefined
    return { clients: held.clients, fetchedAt: workspaceOf(state, workspaceId).fetchedAt }
  }

  /** It was just read, and follows from now on. */
  readonly put = (workspaceId: number, { clients, fetchedAt, step, store }: Copy): HeldCopy => {
    const held = { store, step, clients: new Map(clients.map((client) => [client.id, client])) }
    this.held.set(workspaceId, held)
    this.touches.all()
    return { clients: held.clients, fetchedAt }
  }

  /** A step of this instance is stored. The log may hear of it later. */
  readonly wrote = (written: Written): void => {
    if (this.held.size === 0) return
    // Two may be heard of in another order than that in which they were taken.
    this.ahead = [...this.ahead, written].sort((a, b) => a.step - b.step)
    if (this.ahead.length > longestBehind) this.clear()
  }

  readonly clear = (): void => {
    this.held.clear()
    this.ahead = []
    this.touches.all()
  }

  private readonly follow = (workspaceId: number, held: Held, state: QueueState): void => {
    if (held.store !== state.store) return
    for (const { step, store, writes } of this.ahead) {
      if (store !== held.store || step !== held.step + 1 || step > state.step) continue
      for (const write of writes) if (write.workspaceId === workspaceId) this.take(held, write)
      held.step = step
    }
  }

  private readonly take = ({ clients }: Held, { clientId, row }: Write): void => {
    const client = readClient(row)
    if (client !== undefined) {
      clients.set(client.id, client)
      this.touches.one(client.id)
    } else if (isClientId(clientId)) {
      clients.delete(clientId)
      this.touches.one(clientId)
    } else {
      clients.clear()
      this.touches.all()
    }
  }
}
