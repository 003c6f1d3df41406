// What is being typed. It outlives the form: going to the outbox, searching, or a refusal that comes late takes no word away.
import { useSyncExternalStore } from "react"

export interface Draft {
  readonly name: string
  readonly notes: string
}

/** A form that is open: of a new client, or of the client with that key. */
export interface Form {
  readonly id: number
  readonly key: string | undefined
  /** What it began with. */
  readonly start: Draft
  /** The client as it was when its user began to change it: what they left alone is not sent, for others may have changed it. */
  readonly base: Draft
  /** Why Toggl refused what it was sent with. */
  readonly problem: string | undefined
  /** It came by itself while its user was at something else, and does not take the focus. */
  readonly isQuiet: boolean
}

export const blank: Draft = { name: "", notes: "" }

const none: ReadonlyArray<Form> = []

// By place: an account's workspace. The last form of each kind is shown, the others wait for it.
const places = new Map<string, ReadonlyArray<Form>>()
const typed = new Map<number, Draft>()
const listeners = new Set<() => void>()
let ids = 0

const set = (place: string, forms: ReadonlyArray<Form>): void => {
  places.set(place, forms)
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const formsOf = (place: string): ReadonlyArray<Form> => places.get(place) ?? none

export const useForms = (place: string): ReadonlyArray<Form> => useSyncExternalStore(subscribe, () => formsOf(place))

/** The form of a new client, or of a row, that is shown. */
export const shownOf = (forms: ReadonlyArray<Form>, kind: "new" | "row"): Form | undefined =>
  forms.findLast(({ key }) => (key === undefined) === (kind === "new"))

export const textOf = ({ id, start }: Form): Draft => typed.get(id) ?? start

export const type = (form: Form, draft: Draft): void => void typed.set(form.id, draft)

export const isTouched = (form: Form): boolean => {
  const { name, notes } = textOf(form)
  return form.problem !== undefined || name !== form.start.name || notes !== form.start.notes
}

interface Opening {
  readonly key?: string | undefined
  readonly start: Draft
  readonly base?: Draft | undefined
  readonly problem?: string | undefined
  /** Behind the one that is shown now, rather than before it. */
  readonly isBehind?: boolean
  readonly isQuiet?: boolean
}

export const open = (
  place: string,
  { start, base = start, isBehind = false, isQuiet = false, key, problem }: Opening
): Form => {
  ids += 1
  const form = { id: ids, key, start, base, problem, isQuiet }
  const forms = formsOf(place)
  set(place, isBehind ? [form, ...forms] : [...forms, form])
  return form
}

export const toFront = (place: string, { id }: Form): void => {
  const forms = formsOf(place)
  const form = forms.find((one) => one.id === id)
  if (form !== undefined) set(place, [...forms.filter((one) => one !== form), { ...form, isQuiet: false }])
}

export const close = (place: string, { id, key }: Form): void => {
  typed.delete(id)
  const kind = key === undefined ? "new" : "row"
  const before = formsOf(place)
  const forms = before.filter((one) => one.id !== id)
  const next = shownOf(forms, kind)
  // the one behind it comes because its user has ended this one
  const isNext = (one: Form) => one === next && shownOf(before, kind)?.id === id
  set(
    place,
    forms.map((one) => (isNext(one) ? { ...one, isQuiet: false } : one))
  )
}

/** Whether its user is at something else that takes keys: a field, a dialog. */
export const isElsewhere = (form: Form | undefined): boolean => {
  const focused = document.activeElement
  if (focused === null) return false
  const own = focused.closest("[data-form]")
  if (form !== undefined && own?.getAttribute("data-form") === String(form.id)) return false
  return focused.closest("input, textarea, select, [contenteditable], [role=dialog], [role=menu]") !== null
}

/** A form that is to take the focus after all is drawn anew. */
export const drawnAs = ({ id, isQuiet }: Form): string => `${id}${isQuiet ? " quiet" : ""}`

// The browser asks before it takes away what was typed.
addEventListener("beforeunload", (event) => {
  if ([...places.values()].some((forms) => forms.some(isTouched))) event.preventDefault()
})
