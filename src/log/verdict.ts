// What came of an attempt, or of looking it up, and what it is to each of the entries that it stood for.
import type { Client, ClientId, ProjectId } from "../Client.js"
import type { Refusal, StorageError, TransportError } from "../ClientError.js"
import type { Entry } from "./entry.js"

/** What came of an attempt. */
export type Sent =
  | {
      readonly _tag: "Done"
      readonly clientId?: ClientId
      readonly client?: Client
      readonly projects?: ReadonlyArray<ProjectId>
      /** Whether it is what Toggl answered to the request itself. */
      readonly isAnswer?: boolean
    }
  /** Of several entries the first is refused, and the others are as they were. */
  | { readonly _tag: "Refused"; readonly error: Refusal }
  /**
   * To be sent again (`uncertain`: looked up first; `counts`: towards setting it aside; `isLookUp`: that failed;
   * `neverLeft`: what was marked surely never left).
   */
  | {
      readonly _tag: "Again"
      readonly uncertain: boolean
      readonly error: TransportError | StorageError
      readonly counts: boolean
      readonly isLookUp?: boolean
      readonly neverLeft?: boolean
      readonly isSetAside?: boolean
    }

/** What came of entries: of an attempt, of looking it up, or of what needed none. */
export type Verdict =
  | Sent
  /** Refused for several entries at once, though not for each: they are sent one by one. */
  | { readonly _tag: "Apart" }
  /** A client that never left this device, and is deleted again. */
  | { readonly _tag: "Nothing" }
  /** To each its own, by its number; to the others: sent one by one. */
  | { readonly _tag: "Each"; readonly of: ReadonlyMap<number, Sent> }

/** What it is to this one of the entries. */
export const verdictOn = (verdict: Verdict, { seq }: Entry): Exclude<Verdict, { _tag: "Each" }> =>
  verdict._tag === "Each" ? (verdict.of.get(seq) ?? { _tag: "Apart" }) : verdict
