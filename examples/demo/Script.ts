/**
 * The demo, step by step. Each step is checked, against what the app says and against what the fake Toggl has seen.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Status } from "../../src/index.js"
import { FakeToggl, Fault, type RequestLog } from "../../src/testing/index.js"
import type { Line, Row, Stub } from "./App.js"
import * as Stage from "./Stage.js"
import { NotAsSaid, type Transcript } from "./Transcript.js"

const { ask } = Stage
const workspaceId = FakeToggl.defaultWorkspace.id

const field = (body: unknown, key: string): string => {
  const value: unknown = typeof body === "object" && body !== null ? Reflect.get(body, key) : undefined
  return typeof value === "string" && value !== "" ? ` "${value}"` : ""
}

const request = ({ body, method, path }: RequestLog.RecordedRequest): string =>
  `${method} ${path.replace(/^.*\/workspaces\/\d+\//, "")}${field(body, "name")}${field(body, "notes")}`

const isMutation = ({ method }: { readonly method: string }): boolean => method !== "GET"

const client = ({ archived, id, name, notes, pending }: Row): string => {
  const marks = [archived ? "archived" : "", pending ? "pending" : ""].filter((mark) => mark !== "").join(", ")
  const note = notes === "" ? "" : ` "${notes}"`
  return `${name}${note} ${id < 0 ? "(local id)" : id}${marks === "" ? "" : `, ${marks}`}`
}

// a local id is long, and its beginning says enough
const short = (text: string): string => text.replace(/-(\d{4})\d+/g, "-$1…")

const sent = ({ refused, state, what }: Line) => (refused === undefined ? `${state}: ${what}` : `Refused: ${what}`)

/**
 * Plays all steps with an app that was just started. Fails at the first that is not as it says.
 *
 * @since 0.1.0
 * @category programs
 */
export const play = Effect.fnUntraced(function* (
  stage: Stage.Stage,
  first: Stage.Running,
  fake: FakeToggl.Service,
  { check, dim, green, red, row, step, yellow }: Transcript
) {
  const mutations = Effect.map(fake.requests, (requests) => requests.filter(isMutation))

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

  const listed = Effect.fnUntraced(function* (title: string, rows: ReadonlyArray<Row>) {
    for (const [index, each] of rows.entries()) yield* row(index === 0 ? title : "", client(each))
    return rows.map(({ archived, name, notes }) => ({ name, notes, archived }))
  })

  /** Follows the statuses after the first `from`, until the queue is idle and this holds; gives how many there were. */
  const follow = Effect.fnUntraced(function* (
    app: Stage.Running["app"],
    from: number,
    holds: (status: Status.Status) => boolean,
    each: (queue: Status.Queue) => Effect.Effect<void> = () => Effect.void
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

  const isDrained = ({ refused, waiting }: Status.Status) => refused === 0 && waiting === 0

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

  // --- 2 ---------------------------------------------------------------------------------------------------------------

  yield* step("Offline: the connection is cut, and three changes are made")
  yield* first.setOffline(true)
  yield* fake.clearRequests
  const bluebird = yield* ask(() => first.app.create("Bluebird"))
  yield* row('create "Bluebird"', queued(bluebird))
  const renamed = yield* ask(() => first.app.update(bluebird.id, { name: "Bluebird Ltd" }))
  yield* row('rename it to "Bluebird Ltd"', queued(renamed))
  const archived = yield* ask(() => first.app.archive(acme.id))
  yield* row('archive "Acme"', queued(archived))
  const local = yield* listed("the app shows at once", yield* ask(() => first.app.clients("Local")))
  yield* check(
    "each receipt is Queued, for the app is offline",
    [bluebird, renamed, archived].map(({ tag, waitsFor }) => `${tag} ${waitsFor ?? ""}`),
    ["Queued Offline", "Queued Offline", "Queued Offline"]
  )
  const expected = [
    { name: "Acme", notes: "", archived: true },
    { name: "Bluebird Ltd", notes: "", archived: false }
  ]
  yield* check("reads show the changes that wait", local, expected)
  yield* ask(() => first.app.rests())
  const before = yield* ask(() => first.app.entries())
  yield* check("Toggl has heard nothing", (yield* fake.requests).map(request), [])

  // --- 3 ---------------------------------------------------------------------------------------------------------------

  yield* step(stage.killing)
  yield* row("ended", yield* first.kill)
  const second = yield* stage.start({ offline: true })
  yield* ask(() => second.app.start())
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

  // --- 5 ---------------------------------------------------------------------------------------------------------------

  yield* step("The final list, read from Toggl")
  const remote = yield* listed("GET clients?status=both", yield* ask(() => second.app.clients("Toggl")))
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
  yield* fake.clearRequests
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
})
