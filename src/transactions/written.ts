// What a step writes into the copies, noted as it is written: so who holds a copy need not read it again.
import * as Predicate from "effect/Predicate"
import { clientAt, type Get, type Request, stateKey, type Step } from "../store/step.js"

/** One write: the row of a client; none where it is gone, and no id where all of the workspace's are. */
export interface Write {
  readonly workspaceId: number
  readonly clientId: number | undefined
  readonly row: unknown
}

/** What one step of a store has written into its copies, in that order. */
export interface Written {
  readonly store: string
  readonly step: number
  readonly writes: ReadonlyArray<Write>
}

const isStepped = (row: unknown): row is { readonly store: string; readonly step: number } =>
  Predicate.isRecord(row) && typeof row.store === "string" && typeof row.step === "number"

const writeOf = (request: Request): Write | undefined => {
  if (request._tag === "Put") {
    const at = clientAt(request.key)
    return at === undefined ? undefined : { ...at, row: request.row }
  }
  const at = request._tag === "Remove" ? clientAt(request.from) : undefined
  return at === undefined ? undefined : { ...at, row: undefined }
}

/** A step, with what it has written since it was last begun. */
export class Notes {
  private writes: Array<Write> = []
  private read: Get | undefined
  private stepped: { readonly store: string; readonly step: number } | undefined

  readonly of = <A>(step: Step<A>): Step<A> => {
    this.writes = []
    this.read = undefined
    this.stepped = undefined
    return this.noting(step)
  }

  /** `undefined`: it has not moved the queue on by one step, so that its writes are nobody's to follow. */
  readonly written = (): Written | undefined => {
    if (this.stepped === undefined) return undefined
    const { step, store } = this.stepped
    const before = this.read?.result
    const isNext = isStepped(before) ? before.store === store && before.step + 1 === step : step === 1
    return isNext ? { store, step, writes: this.writes } : undefined
  }

  private readonly note = (request: Request): void => {
    const write = writeOf(request)
    if (write !== undefined) this.writes.push(write)
    if (request._tag === "Get" && request.key === stateKey) this.read ??= request
    if (request._tag === "Put" && request.key === stateKey && isStepped(request.row)) this.stepped = request.row
  }

  private *noting<A>(step: Step<A>): Step<A> {
    let turn = step.next()
    while (turn.done !== true) {
      this.note(turn.value)
      yield turn.value
      turn = step.next()
    }
    return turn.value
  }
}
