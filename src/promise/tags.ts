// Which errors each operation rejects with, by their tags: the compiler holds it against the unions.
import type { Errors } from "./unions.js"

type Tags = { readonly [Operation in keyof Errors]: { readonly [Tag in Errors[Operation]["_tag"]]: true } }

const transport = {
  Unauthorized: true,
  CredentialsUnavailable: true,
  QuotaExceeded: true,
  RateLimited: true,
  ServerError: true,
  Unreachable: true,
  RedirectedElsewhere: true,
  UnexpectedAnswer: true
} as const

const always = { Closed: true, InvalidConfiguration: true } as const

const stored = { ...always, StorageError: true } as const

const called = {
  ...transport,
  NotFound: true,
  Forbidden: true,
  BadRequest: true,
  PlanRequired: true,
  Gone: true
} as const

const read = { ...always, ...called, InvalidStatus: true, NoLocalCopy: true } as const

const changed = {
  ...always,
  NotFound: true,
  Forbidden: true,
  InvalidName: true,
  BadRequest: true,
  PlanRequired: true,
  Gone: true,
  Undecided: true,
  Conflict: true,
  Discarded: true,
  NotSaved: true
} as const

const entry = { ...stored, BadRequest: true, EntryNotFound: true } as const

export const tags = {
  list: read,
  view: read,
  get: read,
  create: changed,
  update: changed,
  delete: changed,
  archive: changed,
  restore: changed,
  readStatus: always,
  readEntries: stored,
  quota: { ...always, BadRequest: true },
  outcome: { ...stored, BadRequest: true },
  awaitOutcome: entry,
  awaitDrained: always,
  flush: stored,
  retry: { ...entry, InvalidName: true },
  discard: entry,
  adopt: { ...entry, ...called },
  exportEntries: stored,
  confirmExport: { ...stored, InvalidImport: true },
  moved: stored,
  importEntries: { ...stored, InvalidImport: true },
  others: stored,
  takeOver: { ...stored, NotTakenOver: true },
  pause: stored,
  resume: stored,
  replayNow: always,
  persist: always,
  signIn: { ...always, Unauthorized: true, WrongAccount: true },
  signOut: stored,
  purge: stored,
  whoAmI: { ...transport, InvalidConfiguration: true }
} satisfies Tags
