/**
 * The demo, step by step. Each step is checked, against what the app says and against what the fake Toggl has seen.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Queue, Status } from "../../src/doors/promise.js"
import { FakeToggl, Fault, type RequestLog } from "../../src/testing/index.js"
import type { Line, Row, Shown, Stub } from "./App.js"
import * as Stage from "./Stage.js"
import { NotAsSaid, type Transcript } from "./Transcript.js"

const { ask } = Stage
const workspaceId = FakeToggl.defaultWorkspace.id

const field = (body: unknown, key: string): string => {
  const value: unknown = typeof body === "object" && body !== null ? Reflect.get(body, key) : undefined
  return typeof value === "string" && value !== "" ? ` "${value}"` : ""
}

const request = ({ body, method, path }: RequestLog.RecordedRequest): string =>
  `${method} ${path.replace(/^.*\/(?=me$)|^.*\/workspaces\/\d+\//, "")}${field(body, "name")}${field(body, "notes")}`

const isMutation = ({ method }: { readonly method: string }): boolean => method !== "GET"

// requests to /me have a quota of their own
const isCounted = ({ path }: RequestLog.RecordedRequest): boolean => path.includes("/workspaces/")

const client = ({ archived, id, name, notes, pending }: Row): string => {
  const marks = [archived ? "archived" : "", pending ? "pending" : ""].filter((mark) => mark !== "").join(", ")
  const note = notes === "" ? "" : ` "${notes}"`
  return `${name}${note} ${id < 0 ? "(local id)" : id}${marks === "" ? "" : `, ${marks}`}`
}

// a local id is long, and its beginning says enough
const short = (text: string): string => text.replace(/-(\d{4})\d+/g, "-$1…")

const sent = ({ refused, state, what }: Line) => (refused === undefined ? `${state}: ${what}` : `Refused: ${what}`)

const noun = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`

/**
 * Plays all steps with an app that was just started, which sends each change alone. `quotaPerHour` is the fake Toggl's.
 * Fails at the first step that is not as it says.
 *
 * @since 0.1.0
 * @category programs
 */
export const play = Effect.fnUntraced(function* (
  stage: Stage.Stage,
  first: Stage.Running,
  fake: FakeToggl.FakeTogglService,
  quotaPerHour: number,
  { check, dim, green, red, row, step, yellow }: Transcript
) {
  const mutations = Effect.map(fake.requests, (requests) => requests.filter(isMutation))

  let forgotten = 0
  const counted = Effect.map(fake.requests, (requests) => forgotten + requests.filter(isCounted).length)
  const forgetRequests = Effect.gen(function* () {
    forgotten = yield* counted
    yield* fake.clearRequests
  })

  const queued = ({ because, id }: Stub): string =>
    `${yellow("Queued")}     ${because}${id < 0 ? dim(`  (local id ${id})`) : ""}`

  const outbox = Effect.fnUntraced(function* (app: Stage.Running["app"], title: string) {
    const entries = yield* ask(() => app.entries())
    for (const [index, { because, dependents, refused, what }] of entries.entries()) {
      const state =
        refused === undefined
          ? dim(because.split(",")[0] ?? because)
          : `${red("refused")}  ${refused.tag} (${refused.reason ?? ""})${dependents === 0 ? "" : dim(`, ${dependents} held with it`)}`
      yield* row(index === 0 ? title : "", `${index + 1}  ${short(what).padEnd(40)} ${state}`)
    }
    return entries
  })

  const listed = Effect.fnUntraced(function* (title: string, { fetchedAt, rows, source }: Shown) {
    for (const [index, each] of rows.entries()) yield* row(index === 0 ? title : "", client(each))
    const age = fetchedAt === undefined ? undefined : (yield* Clock.currentTimeMillis) - fetchedAt
    const when = age === undefined ? "never asked Toggl" : `as Toggl had it ${(age / 1000).toFixed(1)} s ago`
    yield* row(
      "",
      dim(source === "Toggl" ? "from Toggl, just asked" : `from this device: ${when}, and what is pending`)
    )
    return rows.map(({ archived, name, notes }) => ({ name, notes, archived }))
  })

  /** Follows the statuses after the first `from`, until the queue is idle and this holds; gives how many there were. */
  const follow = Effect.fnUntraced(function* (
    app: Stage.Running["app"],
    from: number,
    holds: (status: Status) => boolean,
    each: (queue: Queue) => Effect.Effect<void> = () => Effect.void
  ) {
    let seen = yield* ask(() => app.statusAfter(from))
    yield* each(seen.status.queue)
    while (seen.status.queue._tag !== "Idle" || !holds(seen.status)) {
      const { count } = seen
      seen = yield* ask(() => app.statusAfter(count))
      yield* each(seen.status.queue)
    }
    return seen.count
  })

  const isDrained = ({ refused, waiting }: Status) => refused === 0 && waiting === 0

  const answered = (record: RequestLog.RecordedRequest | undefined) =>
    record === undefined ? "" : `${request(record)}  ${green(String(record.served))}`

  /** Prints the replay as it goes, until everything is sent; gives the progress that was shown. */
  const replay = Effect.fnUntraced(function* (app: Stage.Running["app"], from: number) {
    const shown: Array<string> = []
    const count = yield* follow(app, from, isDrained, (queue) =>
      Effect.gen(function* () {
        if (queue._tag !== "Replaying") return
        const progress = `${queue.done} of ${queue.total}`
        if (shown.includes(progress)) return
        shown.push(progress)
        yield* row(`replaying, ${progress} sent`, answered((yield* mutations)[queue.done - 1]))
      })
    )
    yield* row("idle, all are sent", answered((yield* mutations).at(-1)))
    return { shown, count }
  })

  // --- 1 ---------------------------------------------------------------------------------------------------------------

  yield* step("Online: a client is created")
  const acme = yield* ask(() => first.app.create("Acme"))
  yield* row('create "Acme"', `${green("Confirmed")}  Toggl gave it the id ${acme.id}`)
  yield* check("the receipt is Confirmed", acme.tag, "Confirmed")
  yield* check("Toggl got one change", (yield* mutations).map(request), ['POST clients "Acme"'])
  const [inToggl] = yield* fake.clients(workspaceId)
  yield* check("Toggl has it under the receipt's id", [inToggl?.id, inToggl?.name], [acme.id, "Acme"])
  const online = yield* ask(() => first.app.clients("Toggl"))
  yield* listed("the app shows", online)
  yield* check("the list comes from Toggl", online.source, "Toggl")

  // --- 2 ---------------------------------------------------------------------------------------------------------------

  yield* step("Offline: the connection is cut, and three changes are made")
  yield* first.setOffline(true)
  yield* forgetRequests
  const bluebird = yield* ask(() => first.app.create("Bluebird"))
  yield* row('create "Bluebird"', queued(bluebird))
  const renamed = yield* ask(() => first.app.update(bluebird.id, { name: "Bluebird Ltd" }))
  yield* row('rename it to "Bluebird Ltd"', queued(renamed))
  const archived = yield* ask(() => first.app.archive(acme.id))
  yield* row('archive "Acme"', queued(archived))
  const offline = yield* ask(() => first.app.clients("Local"))
  const local = yield* listed("the app shows at once", offline)
  yield* check(
    "each receipt is Queued, for the app is offline",
    [bluebird, renamed, archived].map(({ tag, waitsFor }) => `${tag} ${waitsFor ?? ""}`),
    ["Queued Offline", "Queued Offline", "Queued Offline"]
  )
  const expected = [
    { name: "Acme", notes: "", archived: true },
    { name: "Bluebird Ltd", notes: "", archived: false }
  ]
  yield* check("a list shows the changes that wait, offline too", local, expected)
  yield* check(
    "it says where it comes from and from when: this device, and Toggl's list of step 1",
    [offline.source, offline.fetchedAt],
    ["Local", online.fetchedAt]
  )
  yield* ask(() => first.app.rests())
  const before = yield* ask(() => first.app.entries())
  yield* check("Toggl has heard nothing", (yield* fake.requests).map(request), [])

  // --- 3 ---------------------------------------------------------------------------------------------------------------

  yield* step(stage.killing)
  yield* row("ended", yield* first.kill)
  yield* row("starting", dim("..."))
  const second = yield* stage.start({ offline: true })
  yield* ask(() => second.app.start(false))
  yield* row("started", second.how)
  const after = yield* outbox(second.app, "the outbox")
  yield* check("all three entries are still there, in their order", after.map(sent), [
    'Waiting: create "Bluebird"',
    `Waiting: rename client ${bluebird.id} to "Bluebird Ltd"`,
    `Waiting: archive client ${acme.id}`
  ])
  yield* check(
    "and they are the same ones",
    after.map(({ id }) => id),
    before.map(({ id }) => id)
  )
  const survived = yield* ask(() => second.app.clients("Local"))
  yield* check(
    "the list is as it was before",
    [yield* listed("the app shows", survived), survived.source, survived.fetchedAt],
    [local, "Local", online.fetchedAt]
  )
  yield* check("Toggl has still heard nothing", (yield* fake.requests).map(request), [])

  // --- 4 ---------------------------------------------------------------------------------------------------------------

  yield* step("Online again: the outbox replays in order")
  const slow = yield* fake.inject(Fault.delay("400 millis"), { times: "always", when: isMutation })
  yield* second.setOffline(false)
  const replayed = yield* replay(second.app, 0)
  yield* slow.takeBack
  const created = (yield* fake.clients(workspaceId)).find(({ name }) => name === "Bluebird Ltd")
  yield* check("the progress went from entry to entry", replayed.shown, ["0 of 3", "1 of 3", "2 of 3"])
  yield* check(
    "Toggl got each change once, in order, the rename under the id that it had just given",
    (yield* mutations).map(request),
    ['POST clients "Bluebird"', `PUT clients/${created?.id ?? "?"} "Bluebird Ltd"`, `POST clients/${acme.id}/archive`]
  )
  yield* check("the outbox is empty", yield* ask(() => second.app.entries()), [])
  const byLocalId = yield* ask(() => second.app.client(bluebird.id))
  yield* row(`get ${short(String(bluebird.id))}`, client(byLocalId))
  yield* check(
    "the local id still works, and finds the client under Toggl's",
    [byLocalId.id, byLocalId.name, byLocalId.pending],
    [created?.id, "Bluebird Ltd", false]
  )

  // --- 5 ---------------------------------------------------------------------------------------------------------------

  yield* step("The final list, read from Toggl")
  const remote = yield* listed("the app shows", yield* ask(() => second.app.clients("Toggl")))
  yield* check("it is what the app showed while it was offline", remote, local)

  // --- 6 ---------------------------------------------------------------------------------------------------------------

  yield* step("Refused: a colleague has taken the name")
  yield* Effect.mapError(
    fake.edit.createClient(workspaceId, { name: "Globex" }),
    ({ status }) => new Stage.StageFailed({ reason: `the fake Toggl refuses the colleague with status ${status}` })
  )
  yield* row("a colleague, in Toggl", 'create "Globex"')
  const refusal = yield* Effect.either(ask(() => second.app.create("Globex")))
  if (Either.isRight(refusal)) {
    return yield* new NotAsSaid({ what: "the name is refused", expected: "InvalidName", got: refusal.right.tag })
  }
  if (refusal.left._tag === "StageFailed") return yield* refusal.left
  const { failure } = refusal.left
  yield* row('create "Globex", online', `${red(failure.tag)} (${failure.reason ?? ""})`)
  yield* row("", failure.sentence)
  yield* check("the caller heard a typed error", [failure.tag, failure.reason], ["InvalidName", "Taken"])
  yield* check("the outbox keeps nothing of it", yield* ask(() => second.app.entries()), [])

  // --- 7 ---------------------------------------------------------------------------------------------------------------

  yield* step("Refused after the caller has gone: it stands in the outbox, and is repaired")
  yield* second.setOffline(true)
  yield* forgetRequests
  const globex = yield* ask(() => second.app.create("Globex"))
  yield* row('create "Globex", offline', queued(globex))
  const noted = yield* ask(() => second.app.update(globex.id, { notes: "net 30" }))
  yield* row('note "net 30" on it', queued(noted))
  yield* second.setOffline(false)
  const refusedAt = yield* follow(second.app, replayed.count, ({ refused, waiting }) => refused === 1 && waiting === 1)
  const standing = yield* outbox(second.app, "the outbox, online again")
  yield* check(
    "the create is refused for its name, and the note is held with it",
    standing.map(({ dependents, refused, state }) => [state, refused?.reason, dependents]),
    [
      ["Refused", "Taken", 1],
      ["Waiting", undefined, 0]
    ]
  )
  const repaired = yield* ask(() => second.app.retry(globex.entryId ?? "", "Globex GmbH"))
  yield* row('retry as "Globex GmbH"', `${green("done")}  Toggl gave it the id ${repaired ?? "?"}`)
  yield* follow(second.app, refusedAt, isDrained)
  yield* check("Toggl got it under the new name, and then the note", (yield* mutations).map(request), [
    'POST clients "Globex"',
    'POST clients "Globex GmbH"',
    `PUT clients/${repaired ?? "?"} "Globex GmbH" "net 30"`
  ])
  const last = yield* listed("Toggl has now", yield* ask(() => second.app.clients("Toggl")))
  yield* check("nothing is lost, and nothing is there twice", last, [
    { name: "Acme", notes: "", archived: true },
    { name: "Bluebird Ltd", notes: "", archived: false },
    { name: "Globex", notes: "", archived: false },
    { name: "Globex GmbH", notes: "net 30", archived: false }
  ])

  // --- 8 ---------------------------------------------------------------------------------------------------------------

  yield* step("Merged: five edits of one client, made offline, go as one request")
  yield* ask(() => second.app.start(true))
  yield* row("app", dim("started with merging, as by default; so far it sent each change alone, to show it"))
  yield* second.setOffline(true)
  yield* forgetRequests
  const edits: ReadonlyArray<{ readonly name: string } | { readonly notes: string }> = [
    { notes: "call back" },
    { name: "Bluebird Inc" },
    { notes: "net 14" },
    { name: "Bluebird AG" },
    { notes: "net 60" }
  ]
  const titled = edits.map((edit) => ("name" in edit ? `rename it to "${edit.name}"` : `note "${edit.notes}"`))
  const stubs: Array<Stub> = []
  for (const [index, edit] of edits.entries()) {
    const receipt = yield* ask(() => second.app.update(byLocalId.id, edit))
    stubs.push(receipt)
    yield* row(titled[index] ?? "", `${yellow(receipt.tag)}     ${receipt.because}`)
  }
  yield* check(
    "each has a receipt and an entry of its own",
    [stubs.map(({ tag }) => tag), new Set(stubs.map(({ entryId }) => entryId)).size],
    [edits.map(() => "Queued"), edits.length]
  )
  yield* check("Toggl has heard nothing", (yield* fake.requests).map(request), [])
  yield* second.setOffline(false)
  const endings = yield* ask(() => second.app.endings(stubs.map(({ entryId }) => entryId ?? "")))
  for (const [index, id] of endings.entries()) {
    yield* row(
      index === 0 ? "online again" : "",
      `${(titled[index] ?? "").padEnd(32)} ${green("done")}, as ${id ?? "?"}`
    )
  }
  yield* check(
    "each caller's entry has its own outcome",
    endings,
    edits.map(() => created?.id)
  )
  const requests = (yield* fake.requests).map(request)
  for (const [index, each] of requests.entries()) yield* row(index === 0 ? "Toggl was asked" : "", each)
  yield* check(
    `${noun(edits.length, "edit")}, ${noun((yield* mutations).length, "request")} that changes something`,
    (yield* mutations).map(request),
    [`PUT clients/${created?.id ?? "?"} "Bluebird AG" "net 60"`]
  )

  // --- 9 ---------------------------------------------------------------------------------------------------------------

  yield* step("In sight: what remains of Toggl's hourly quota")
  const quota = yield* ask(() => second.app.quota())
  const minutes = Math.ceil(((quota?.resetsAt ?? 0) - (yield* Clock.currentTimeMillis)) / 60_000)
  yield* row(
    "Outbox.quota",
    `${quota?.remaining ?? "?"} of ${quotaPerHour} requests remain, all again in ${minutes} min`
  )
  const used = yield* counted
  yield* row("the fake Toggl has counted", noun(used, "request"))
  yield* check("the two agree", quota?.remaining, quotaPerHour - used)
})
