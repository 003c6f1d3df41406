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
}

export const open = (place: string, { start, base = start, isBehind = false, key, problem }: Opening): Form => {
  ids += 1
  const form = { id: ids, key, start, base, problem }
  const forms = formsOf(place)
  set(place, isBehind ? [form, ...forms] : [...forms, form])
  return form
}

export const toFront = (place: string, form: Form): void => {
  const forms = formsOf(place)
  if (forms.includes(form)) set(place, [...forms.filter((one) => one !== form), form])
}

export const close = (place: string, form: Form): void => {
  typed.delete(form.id)
  set(
    place,
    formsOf(place).filter((one) => one !== form)
  )
}

// The browser asks before it takes away what was typed.
addEventListener("beforeunload", (event) => {
  if ([...places.values()].some((forms) => forms.some(isTouched))) event.preventDefault()
})
