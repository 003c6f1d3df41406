import type { AnyClientId } from "../Client.js"

/** Hears which clients may look otherwise than they did: by an id of theirs, or all of them. */
export interface Listener {
  readonly one: (id: AnyClientId) => void
  readonly all: () => void
}

/** Who is told of the clients that have changed, in the log or in the copy. */
export class Touches implements Listener {
  private readonly listeners = new Set<Listener>()

  readonly listen = (listener: Listener): void => void this.listeners.add(listener)

  readonly one = (id: AnyClientId): void => {
    for (const listener of this.listeners) listener.one(id)
  }

  readonly all = (): void => {
    for (const listener of this.listeners) listener.all()
  }
}
