import { assert, describe, it } from "@effect/vitest"
import { type Entry, version } from "../../src/log/entry.js"
import { restOf } from "../../src/log/rest.js"
import type * as Mutation from "../../src/Mutation.js"
import { clientId, creates, entryId, localId, toggl, updates } from "../store/StoreUnderTest.js"

const entry = (seq: number, mutation: Mutation.Mutation, more: Partial<Entry> = {}): Entry => ({
  version,
  id: entryId(seq),
  mutation,
  acceptedAt: 0,
  state: { _tag: "Pending" },
  attempts: 1,
  failures: 0,
  seq,
  ...more
})

describe("what an edit still lacks once what was sent is applied", () => {
  const sent = creates(1, "Acme")
  const edited = entry(1, creates(1, "Acme Inc", "net 60"), { sent })
  const client = toggl(7, "Acme")

  it("is nothing where nobody has edited it", () => {
    assert.isUndefined(restOf(entry(1, sent), toggl(7, "Theirs")))
  })

  it("is what differs from the client", () => {
    assert.deepStrictEqual(restOf(edited, client), { name: "Acme Inc", notes: "net 60" })
    assert.deepStrictEqual(restOf(edited, toggl(7, "Acme Inc")), { notes: "net 60" })
    assert.isUndefined(restOf(edited, { ...toggl(7, "Acme Inc"), notes: "net 60\r\n" }))
  })

  it("is no field that the edit has left as it was sent", () => {
    const noted = entry(1, creates(1, "Acme", "net 60"), { sent })
    assert.deepStrictEqual(restOf(noted, toggl(7, "Theirs")), { notes: "net 60" })
  })

  it("is no field that a later change sets which went with it", () => {
    const later = entry(2, updates(localId(1), { name: "Last" }))
    assert.deepStrictEqual(restOf(edited, client, [later]), { notes: "net 60" })
    const both = entry(3, updates(clientId(7), { name: "Last", notes: "" }))
    assert.isUndefined(restOf(edited, client, [both]))
  })
})
