import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { FakeToggl } from "../../src/testing/index.js"
import { defaultUser, list, namesIn, send, workspaceId } from "./Wire.js"

const refusal = (sent: { readonly status: number; readonly json: unknown }) => [sent.status, sent.json]

describe("the seven operations", () => {
  it.effect("create answers the client in the wire's form, and empty keys are absent", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.parse("2024-03-17T10:55:38.900Z"))
      const fake = yield* FakeToggl.make()
      const created = yield* send(fake, "POST", "", { body: { name: "AGL", wid: workspaceId } })
      assert.strictEqual(created.status, 200)
      assert.deepStrictEqual(created.json, {
        id: 64890001,
        wid: workspaceId,
        archived: false,
        name: "AGL",
        at: "2024-03-17T10:55:38+00:00",
        creator_id: defaultUser.id
      })
    })
  )

  it.effect("create keeps notes", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const created = yield* send(fake, "POST", "", { body: { name: "AGL", notes: "net 30", wid: workspaceId } })
      assert.deepInclude(created.json, { notes: "net 30" })
    })
  )

  it.effect("create refuses an empty name, a missing one, and what is no JSON, in the documented words", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const refusedWith = (body: unknown) => Effect.map(send(fake, "POST", "", { body }), refusal)
      assert.deepStrictEqual(yield* refusedWith({ name: "" }), [400, "Client name cannot be empty"])
      assert.deepStrictEqual(yield* refusedWith({ notes: "x" }), [400, "Client name cannot be empty"])
      assert.deepStrictEqual(yield* refusedWith({ name: null }), [400, "Client name cannot be empty"])
      assert.deepStrictEqual(yield* refusedWith("{"), [400, "JSON is not valid"])
      assert.deepStrictEqual(yield* refusedWith(""), [400, "JSON is not valid"])
      assert.deepStrictEqual(yield* refusedWith("[]"), [400, "JSON is not valid"])
      assert.deepStrictEqual(yield* refusedWith({ name: 1 }), [400, "JSON is not valid"])
      assert.deepStrictEqual(yield* refusedWith({ name: "A", notes: 1 }), [400, "JSON is not valid"])
      assert.deepStrictEqual(yield* refusedWith({ name: "A", wid: "1" }), [400, "JSON is not valid"])
      assert.deepStrictEqual(yield* fake.clients(workspaceId), [])
    })
  )

  it.effect("list gives the active ones, the archived ones or both, by a part of the name in any case", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const old = yield* fake.edit.createClient(workspaceId, { name: "Old Acme" })
      yield* fake.edit.createClient(workspaceId, { name: "New ACME" })
      yield* fake.edit.createClient(workspaceId, { name: "Other" })
      yield* fake.edit.archiveClient(workspaceId, old.id)
      const names = (query: string) => Effect.map(list(fake, query), namesIn)
      assert.deepStrictEqual(yield* names(""), ["New ACME", "Other"])
      assert.deepStrictEqual(yield* names("?status=active"), ["New ACME", "Other"])
      assert.deepStrictEqual(yield* names("?status=archived"), ["Old Acme"])
      assert.deepStrictEqual(yield* names("?status=both"), ["Old Acme", "New ACME", "Other"])
      assert.deepStrictEqual(yield* names("?status=both&name=acme"), ["Old Acme", "New ACME"])
      assert.deepStrictEqual(yield* names("?name=w%20a"), ["New ACME"])
      assert.deepStrictEqual(refusal(yield* list(fake, "?status=all")), [400, "Client status is invalid"])
    })
  )

  it.effect("get answers the client, or names the id it does not have", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const { id } = yield* fake.edit.createClient(workspaceId, { name: "Acme" })
      assert.deepInclude((yield* send(fake, "GET", `${id}`)).json, { id, name: "Acme" })
      assert.deepStrictEqual(refusal(yield* send(fake, "GET", "7")), [404, "No client with ID 7 was found"])
    })
  )

  it.effect("update replaces the name and the notes, and clears the notes with an empty text", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const { id } = yield* fake.edit.createClient(workspaceId, { name: "Acme", notes: "net 30" })
      const renamed = yield* send(fake, "PUT", `${id}`, { body: { name: "Bcme", notes: "net 60", wid: workspaceId } })
      assert.deepInclude(renamed.json, { id, name: "Bcme", notes: "net 60" })
      const cleared = yield* send(fake, "PUT", `${id}`, { body: { name: "Bcme", notes: "", wid: workspaceId } })
      assert.notProperty(cleared.json, "notes")
      const unknown = yield* send(fake, "PUT", "7", { body: { name: "A" } })
      assert.deepStrictEqual(refusal(unknown), [404, "Client doesn't exist in the workspace."])
      const nameless = yield* send(fake, "PUT", `${id}`, { body: { notes: "x" } })
      assert.deepStrictEqual(refusal(nameless), [400, "Client name cannot be empty"])
    })
  )

  it.effect("omitted notes are kept or cleared, as the switch says", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const { id } = yield* fake.edit.createClient(workspaceId, { name: "Acme", notes: "net 30" })
      const kept = yield* send(fake, "PUT", `${id}`, { body: { name: "Acme" } })
      assert.deepInclude(kept.json, { notes: "net 30" })
      yield* fake.configure({ omittedNotes: "cleared" })
      const cleared = yield* send(fake, "PUT", `${id}`, { body: { name: "Acme" } })
      assert.notProperty(cleared.json, "notes")
    })
  )

  it.effect("delete removes the client and leaves its projects without one; a second delete is a 404", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const { id } = yield* fake.edit.createClient(workspaceId, { name: "Acme" })
      yield* fake.edit.addProject(workspaceId, { name: "Site", clientId: id })
      const deleted = yield* send(fake, "DELETE", `${id}`)
      assert.deepStrictEqual([deleted.status, deleted.text], [200, ""])
      assert.deepStrictEqual(
        (yield* fake.projects(workspaceId)).map((project) => [project.name, project.clientId, project.active]),
        [["Site", null, true]]
      )
      const again = yield* send(fake, "DELETE", `${id}`)
      assert.deepStrictEqual(refusal(again), [404, `No client with ID ${id} was found`])
      yield* fake.configure({ deleteBody: "null" })
      const { id: other } = yield* fake.edit.createClient(workspaceId, { name: "Bcme" })
      assert.notStrictEqual(other, id)
      assert.strictEqual((yield* send(fake, "DELETE", `${other}`)).text, "null")
    })
  )

  it.effect("ids in the path must be integers, and other workspaces are forbidden", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const text = "We're expecting an integer as part of the url for"
      assert.deepStrictEqual(refusal(yield* send(fake, "GET", "abc")), [400, `${text} client_id`])
      assert.deepStrictEqual(refusal(yield* send(fake, "DELETE", "1.5")), [400, `${text} client_id`])
      assert.deepStrictEqual(refusal(yield* send(fake, "GET", "/workspaces/x/clients")), [400, `${text} workspace_id`])
      const elsewhere = yield* send(fake, "GET", "/workspaces/1/clients")
      assert.deepStrictEqual([elsewhere.status, elsewhere.text], [403, ""])
    })
  )

  it.effect("a client of one workspace is unknown in another", () =>
    Effect.gen(function* () {
      const second = { ...FakeToggl.defaultWorkspace, id: 2 }
      const fake = yield* FakeToggl.make({ workspaces: [FakeToggl.defaultWorkspace, second] })
      const { id } = yield* fake.edit.createClient(workspaceId, { name: "Acme" })
      yield* fake.edit.createClient(2, { name: "Acme" })
      const path = `/workspaces/2/clients/${id}`
      assert.strictEqual((yield* send(fake, "GET", path)).status, 404)
      assert.strictEqual((yield* send(fake, "PUT", path, { body: { name: "B" } })).status, 404)
      assert.strictEqual((yield* send(fake, "DELETE", path)).status, 404)
      assert.strictEqual((yield* send(fake, "POST", `${path}/archive`)).status, 404)
      assert.strictEqual((yield* send(fake, "POST", `${path}/restore`)).status, 404)
    })
  )

  it.effect("unknown routes are no operations", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      assert.strictEqual((yield* send(fake, "GET", "/nothing")).status, 404)
      assert.strictEqual((yield* send(fake, "GET", "https://toggl.test/api/v8/me")).status, 404)
      assert.strictEqual((yield* send(fake, "GET", "/me/nothing")).status, 404)
      assert.strictEqual((yield* send(fake, "POST", "/me")).status, 405)
      assert.strictEqual((yield* send(fake, "PATCH", "1")).status, 405)
      assert.strictEqual((yield* send(fake, "GET", "1/archive")).status, 405)
      assert.strictEqual((yield* send(fake, "POST", "1/other")).status, 404)
      yield* fake.configure({ unknownRoute: 404, basePath: "/toggl" })
      assert.strictEqual((yield* send(fake, "GET", "/me")).status, 404)
      assert.strictEqual((yield* send(fake, "PATCH", "https://app.test/toggl/workspaces/1/clients/1")).status, 404)
      assert.strictEqual((yield* send(fake, "GET", "https://app.test/toggl/me")).status, 200)
    })
  )
})

describe("archive and restore", () => {
  const scene = (input?: FakeToggl.FakeTogglInput) =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make(input)
      const client = yield* fake.edit.createClient(workspaceId, { name: "Acme" })
      const other = yield* fake.edit.createClient(workspaceId, { name: "Other" })
      const site = yield* fake.edit.addProject(workspaceId, { name: "Site", clientId: client.id })
      const shop = yield* fake.edit.addProject(workspaceId, { name: "Shop", clientId: client.id })
      yield* fake.edit.addProject(workspaceId, { name: "Past", clientId: client.id, active: false })
      const theirs = yield* fake.edit.addProject(workspaceId, { name: "Theirs", clientId: other.id })
      const active = Effect.map(fake.projects(workspaceId), (projects) =>
        projects.filter((project) => project.active).map((project) => project.name)
      )
      return { fake, client, site, shop, theirs, active }
    })

  it.effect("archive takes the client's active projects along and answers their ids, not the client", () =>
    Effect.gen(function* () {
      const { active, client, fake, shop, site } = yield* scene()
      const archived = yield* send(fake, "POST", `${client.id}/archive`)
      assert.deepStrictEqual(refusal(archived), [200, [site.id, shop.id]])
      assert.deepStrictEqual(yield* active, ["Theirs"])
      assert.deepInclude((yield* send(fake, "GET", `${client.id}`)).json, { archived: true })
      assert.deepStrictEqual((yield* send(fake, "POST", `${client.id}/archive`)).json, [])
      const unknown = yield* send(fake, "POST", "7/archive")
      assert.deepStrictEqual(refusal(unknown), [404, "No client with ID 7 was found"])
    })
  )

  it.effect("restore without a body brings back the client alone", () =>
    Effect.gen(function* () {
      const { active, client, fake } = yield* scene()
      yield* send(fake, "POST", `${client.id}/archive`)
      const restored = yield* send(fake, "POST", `${client.id}/restore`)
      assert.strictEqual(restored.status, 200)
      assert.deepInclude(restored.json, { id: client.id, archived: false })
      assert.deepStrictEqual(yield* active, ["Theirs"])
    })
  )

  it.effect("restore brings back the projects asked for, or all", () =>
    Effect.gen(function* () {
      const { active, client, fake, shop } = yield* scene()
      yield* send(fake, "POST", `${client.id}/archive`)
      yield* send(fake, "POST", `${client.id}/restore`, { body: { projects: [shop.id] } })
      assert.deepStrictEqual(yield* active, ["Shop", "Theirs"])
      yield* send(fake, "POST", `${client.id}/restore`, { body: { restore_all_projects: true } })
      assert.deepStrictEqual(yield* active, ["Site", "Shop", "Past", "Theirs"])
    })
  )

  it.effect("projects given together with all: the switch decides", () =>
    Effect.gen(function* () {
      const both = Effect.fnUntraced(function* (restoreProjectsPrecedence: "projects" | "all" | "refused") {
        const { active, client, fake, shop } = yield* scene({ restoreProjectsPrecedence })
        yield* send(fake, "POST", `${client.id}/archive`)
        const body = { projects: [shop.id], restore_all_projects: true }
        const { json, status } = yield* send(fake, "POST", `${client.id}/restore`, { body })
        return [status, status === 200 ? yield* active : json]
      })
      assert.deepStrictEqual(yield* both("projects"), [200, ["Shop", "Theirs"]])
      assert.deepStrictEqual(yield* both("all"), [200, ["Site", "Shop", "Past", "Theirs"]])
      assert.deepStrictEqual(yield* both("refused"), [400, "Bad Request"])
    })
  )

  it.effect("restore refuses another client's project and senseless bodies, and changes nothing then", () =>
    Effect.gen(function* () {
      const { active, client, fake, theirs } = yield* scene()
      yield* send(fake, "POST", `${client.id}/archive`)
      const refusedWith = (body: unknown) => Effect.map(send(fake, "POST", `${client.id}/restore`, { body }), refusal)
      assert.deepStrictEqual(yield* refusedWith({ projects: [theirs.id] }), [400, "Bad Request"])
      assert.deepStrictEqual(yield* refusedWith({ projects: "all" }), [400, "Bad Request"])
      assert.deepStrictEqual(yield* refusedWith({ restore_all_projects: 1 }), [400, "Bad Request"])
      assert.deepStrictEqual(yield* refusedWith([]), [400, "Bad Request"])
      assert.deepStrictEqual(yield* refusedWith("{"), [400, "JSON is not valid"])
      assert.deepStrictEqual(yield* active, ["Theirs"])
      assert.deepInclude((yield* send(fake, "GET", `${client.id}`)).json, { archived: true })
      const unknown = yield* send(fake, "POST", "7/restore")
      assert.deepStrictEqual(refusal(unknown), [404, "No client with ID 7 was found"])
      assert.strictEqual((yield* send(fake, "POST", `${client.id}/restore`, { body: "null" })).status, 200)
    })
  )

  it.effect("a free plan does not archive: 402 with a sentence, or 403 with nothing", () =>
    Effect.gen(function* () {
      const { active, client, fake } = yield* scene()
      yield* fake.configure({ workspaces: [{ ...FakeToggl.defaultWorkspace, premium: false }] })
      const sentence = yield* send(fake, "POST", `${client.id}/archive`)
      assert.strictEqual(sentence.status, 402)
      assert.isUndefined(sentence.json, "a bare sentence, no JSON")
      assert.notInclude(sentence.text.toLowerCase(), "hourly limit")
      assert.notProperty(sentence.headers, "x-toggl-quota-remaining")
      yield* fake.configure({ archiveOnFreePlan: 403 })
      const silent = yield* send(fake, "POST", `${client.id}/archive`)
      assert.deepStrictEqual([silent.status, silent.text], [403, ""])
      assert.deepStrictEqual(yield* active, ["Site", "Shop", "Theirs"])
    })
  )
})

describe("bulk", () => {
  const scene = (input?: FakeToggl.FakeTogglInput) =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make(input)
      const one = yield* fake.edit.createClient(workspaceId, { name: "One" })
      const two = yield* fake.edit.createClient(workspaceId, { name: "Two" })
      yield* fake.edit.createClient(workspaceId, { name: "Three" })
      const site = yield* fake.edit.addProject(workspaceId, { name: "Site", clientId: two.id })
      return { fake, one, two, site }
    })

  it.effect("data answers the clients asked for, archived ones too", () =>
    Effect.gen(function* () {
      const { fake, one, two } = yield* scene()
      yield* fake.edit.archiveClient(workspaceId, one.id)
      const found = yield* send(fake, "POST", "data", { body: [two.id, one.id, 7] })
      assert.deepStrictEqual(namesIn(found), ["One", "Two"])
    })
  )

  it.effect("archive answers which clients and projects it archived", () =>
    Effect.gen(function* () {
      const { fake, one, site, two } = yield* scene()
      const archived = yield* send(fake, "POST", "archive", { body: [one.id, two.id, two.id] })
      assert.deepStrictEqual(refusal(archived), [200, [{ client_ids: [one.id, two.id], project_ids: [site.id] }]])
      assert.deepStrictEqual(namesIn(yield* list(fake)), ["Three"])
    })
  )

  it.effect("delete removes them", () =>
    Effect.gen(function* () {
      const { fake, one, two } = yield* scene()
      const deleted = yield* send(fake, "POST", "delete", { body: [one.id, two.id] })
      assert.deepStrictEqual(refusal(deleted), [200, [one.id, two.id]])
      assert.deepStrictEqual(namesIn(yield* list(fake)), ["Three"])
    })
  )

  it.effect("an unknown id is passed over, or refuses the whole", () =>
    Effect.gen(function* () {
      const { fake, one } = yield* scene({ bulkUnknownIds: "refused" })
      const refused = yield* send(fake, "POST", "delete", { body: [one.id, 7] })
      assert.deepStrictEqual(refusal(refused), [404, "No client with ID 7 was found"])
      assert.deepStrictEqual(namesIn(yield* list(fake)), ["One", "Two", "Three"])
      yield* fake.configure({ bulkUnknownIds: "ignored" })
      assert.deepStrictEqual((yield* send(fake, "POST", "delete", { body: [one.id, 7] })).json, [one.id])
    })
  )

  it.effect("the ids must be a list of integers, and a free plan does not archive in bulk either", () =>
    Effect.gen(function* () {
      const { fake, one } = yield* scene({ workspaces: [{ ...FakeToggl.defaultWorkspace, premium: false }] })
      assert.deepStrictEqual(refusal(yield* send(fake, "POST", "data", { body: { ids: [1] } })), [
        400,
        "JSON is not valid"
      ])
      assert.strictEqual((yield* send(fake, "POST", "data", { body: ["1"] })).status, 400)
      assert.strictEqual((yield* send(fake, "POST", "archive", { body: [one.id] })).status, 402)
      assert.deepStrictEqual(namesIn(yield* list(fake)), ["One", "Two", "Three"])
    })
  )

  it.effect("a service without them answers as for any route it does not know", () =>
    Effect.gen(function* () {
      const { fake, one } = yield* scene({ bulkEndpoints: false })
      const statuses = Effect.forEach(["data", "archive", "delete"], (path) =>
        Effect.map(send(fake, "POST", path, { body: [one.id] }), (sent) => sent.status)
      )
      assert.deepStrictEqual(yield* statuses, [405, 405, 405])
      yield* fake.configure({ unknownRoute: 404 })
      assert.deepStrictEqual(yield* statuses, [404, 404, 404])
      assert.deepStrictEqual(namesIn(yield* list(fake)), ["One", "Two", "Three"])
    })
  )
})
