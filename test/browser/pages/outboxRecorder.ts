/**
 * Watches what the library does to IndexedDB and the network, and stops the tab at a chosen moment: between any two
 * steps, as the power does.
 *
 * @since 0.1.0
 */

/**
 * Where the tab stops: as its write transaction number `write` (counted from 1, from when this is set) begins, or as it
 * has committed and nobody has heard; or as an answer to a request of that method has come and nobody has heard.
 *
 * @since 0.1.0
 * @category models
 */
export type Moment =
  { readonly at: "begun" | "committed"; readonly write: number } | { readonly at: "answered"; readonly method: string }

const writes: Array<string> = []
let moment: Moment | undefined
let gate = ""
let count = 0

// Nothing else runs in a page while it waits so: no timer, no event, no promise.
const standStill = () => {
  moment = undefined
  const request = new XMLHttpRequest()
  request.open("GET", gate, false)
  request.send()
}

// eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with its own `this`
const transaction = IDBDatabase.prototype.transaction
IDBDatabase.prototype.transaction = function (...args) {
  const begun = Reflect.apply(transaction, this, args)
  if (begun.mode === "readonly") return begun
  writes.push(begun.durability)
  count += 1
  const number = count
  const isAt = (at: Moment["at"]) => moment?.at === at && "write" in moment && moment.write === number
  begun.addEventListener("complete", () => {
    if (isAt("committed")) standStill()
  })
  if (isAt("begun")) standStill()
  return begun
}

const fetchBefore = globalThis.fetch
globalThis.fetch = async (input, init) => {
  const response = await fetchBefore(input, init)
  if (moment?.at === "answered" && moment.method === init?.method) standStill()
  return response
}

let persists = 0
if ("storage" in navigator && "persist" in navigator.storage) {
  const { storage } = navigator
  const persist = storage.persist.bind(storage)
  storage.persist = () => {
    persists += 1
    return persist()
  }
}

/**
 * How often the browser was asked to keep what is stored.
 *
 * @since 0.1.0
 * @category recording
 */
export const persistsAsked = (): number => persists

/**
 * The durability of each write transaction so far.
 *
 * @since 0.1.0
 * @category recording
 */
export const durabilities = (): ReadonlyArray<string> => writes

/**
 * Stands still at that moment until the address `gate` answers.
 *
 * @since 0.1.0
 * @category recording
 */
export const stopAt = (where: Moment, gatePath: string): void => {
  moment = where
  gate = gatePath
  count = 0
}
