import { assert, afterEach, beforeEach, describe, it } from "@effect/vitest"
import { channels } from "../../examples/electron/channels.ts"
import { start } from "../../examples/electron/desktop.ts"
import { calledOff, question } from "../../examples/electron/quit.ts"
import { clock, from, happening, play, type PlayOptions, type PlayedWindow, settle, temporary } from "./Played.ts"

// Before the app goes: three seconds for all windows, and no more.

let place = temporary()
beforeEach(() => {
  place = temporary()
  place.write("dist/app/index.html", "the page")
})
afterEach(() => place.remove())

const started = async (count: number, options: Partial<PlayOptions> = {}) => {
  const time = clock()
  const played = play({ folder: place.folder, ...options })
  await start(played.electron, { after: time.after })
  const [first] = played.windows
  for (let more = 1; more < count; more++) first?.webContents.opens({ url: "app://clients/" })
  const window = (index: number): PlayedWindow => played.windows[index] ?? assert.fail(`no window ${index}`)
  const asked = (index: number) => window(index).webContents.sent.filter(([channel]) => channel === channels.flush)
  return {
    ...played,
    time,
    window,
    asked,
    quit: async () => {
      played.quit()
      await settle()
    },
    /** The user closes the window. */
    close: async (index: number) => {
      window(index).close()
      await settle()
    },
    /** The page of the window says that it is done with what it was asked last. */
    done: async (index: number) => {
      const [, id] = asked(index).at(-1) ?? assert.fail(`window ${index} was not asked`)
      played.send(from("app://clients/", window(index).webContents.id), channels.flushed, id)
      await settle()
    }
  }
}

describe("quitting", () => {
  it("waits until each window has sent what waits", async () => {
    const app = await started(3)
    await app.quit()
    for (const index of [0, 1, 2]) assert.lengthOf(app.asked(index), 1)
    await app.done(2)
    await app.done(0)
    assert.isUndefined(app.ended())
    await app.done(1)
    assert.strictEqual(app.ended(), "quit")
  })

  it("goes after three seconds where a window hangs", async () => {
    const app = await started(2)
    await app.quit()
    await app.done(0)
    app.time.pass(2999)
    await settle()
    assert.isUndefined(app.ended())
    app.time.pass(1)
    await settle()
    assert.deepStrictEqual([app.ended(), app.window(1).destroyed], ["exit", true])
  })

  it("three seconds in all, however many hang", async () => {
    const app = await started(5)
    await app.quit()
    app.time.pass(3000)
    await settle()
    assert.strictEqual(app.ended(), "exit")
    assert.strictEqual(app.time.waiting(), 0)
  })

  it("goes at once when asked a second time", async () => {
    const app = await started(2)
    await app.quit()
    await app.quit()
    assert.strictEqual(app.ended(), "exit")
    app.time.pass(3000)
    await settle()
    assert.strictEqual(app.ended(), "exit")
  })

  it("does not wait for a window that is closed or crashes meanwhile", async () => {
    const app = await started(3)
    await app.quit()
    app.window(0).destroy()
    app.window(1).webContents.listeners.emit("render-process-gone")
    assert.isUndefined(app.ended())
    await app.done(2)
    assert.strictEqual(app.ended(), "quit")
  })

  it("asks nothing of a page that has crashed before, nor of one that cannot be asked", async () => {
    const app = await started(3)
    app.window(0).webContents.crashed = true
    app.window(1).webContents.send = () => {
      throw new Error("Object has been destroyed")
    }
    await app.quit()
    assert.lengthOf(app.asked(0), 0)
    await app.done(2)
    assert.strictEqual(app.ended(), "quit")
  })

  it("where all pages have crashed, at once", async () => {
    const app = await started(1)
    app.window(0).webContents.crashed = true
    await app.quit()
    await settle()
    assert.strictEqual(app.ended(), "quit")
  })

  it("goes three seconds later where a page begins to hang as it is closed", async () => {
    const app = await started(1)
    app.window(0).close = () => undefined
    await app.quit()
    await app.done(0)
    assert.isUndefined(app.ended())
    app.time.pass(3000)
    assert.strictEqual(app.ended(), "exit")
  })

  it("without a window, at once", async () => {
    const app = await started(1, { platform: "darwin" })
    app.window(0).destroy()
    assert.isUndefined(app.ended())
    await app.quit()
    assert.strictEqual(app.ended(), "quit")
  })

  it("hears only the pages that it asks, and only the number that it gave", async () => {
    const app = await started(2)
    await app.quit()
    const [, id] = app.asked(0)[0] ?? []
    const [mine, other] = [app.window(0).webContents.id, app.window(1).webContents.id]
    for (const [sender, ...args] of [
      [from("https://evil.test/", mine), id],
      [from("app://clients/", mine, true), id],
      [{ senderFrame: null, sender: { id: mine } }, id],
      [from("app://clients/", 999), id],
      [from("app://clients/", mine), 999],
      [from("app://clients/", mine), String(id)],
      [from("app://clients/", mine), 0.5],
      [from("app://clients/", mine), Infinity],
      [from("app://clients/", mine), null],
      [from("app://clients/", mine)],
      [from("app://clients/", mine), id, id],
      [from("app://clients/", other), id],
      [from("app://clients/", other), id]
    ] as const) {
      app.send(sender, channels.flushed, ...args)
    }
    await settle()
    assert.isUndefined(app.ended())
    await app.done(0)
    assert.strictEqual(app.ended(), "quit")
  })
})

describe("closing a window", () => {
  it("sends what waits in it first, also where others are open or are closed with it", async () => {
    const app = await started(3)
    await app.close(0)
    assert.deepStrictEqual([app.window(0).calls, app.window(0).destroyed], [["hide"], false])
    await app.done(0)
    assert.deepStrictEqual([app.window(0).destroyed, app.asked(1), app.ended()], [true, [], undefined])
    app.window(1).close()
    app.window(2).close()
    await settle()
    assert.deepStrictEqual([app.asked(1).length, app.asked(2).length], [1, 1])
    await app.done(1)
    await app.done(2)
    assert.strictEqual(app.ended(), "quit")
  })

  it("hides the last one until what waits is sent, and the app goes with it", async () => {
    const app = await started(1)
    await app.close(0)
    await app.close(0)
    assert.deepStrictEqual([app.window(0).calls, app.window(0).destroyed], [["hide"], false])
    assert.lengthOf(app.asked(0), 1)
    await app.done(0)
    assert.deepStrictEqual([app.window(0).destroyed, app.ended()], [true, "quit"])
  })

  it("does so for three seconds at most", async () => {
    const app = await started(1)
    await app.close(0)
    app.time.pass(3000)
    await settle()
    assert.deepStrictEqual([app.window(0).destroyed, app.ended()], [true, "quit"])
  })

  it("leaves the app open on a Mac", async () => {
    const app = await started(1, { platform: "darwin" })
    await app.close(0)
    await app.done(0)
    assert.deepStrictEqual([app.window(0).destroyed, app.ended()], [true, undefined])
    app.app.emit("activate")
    assert.lengthOf(app.windows, 2)
  })

  it("an app that is started meanwhile gets a window of its own, and stays", async () => {
    const app = await started(1)
    await app.close(0)
    app.app.emit("second-instance")
    assert.lengthOf(app.windows, 2)
    await app.done(0)
    assert.deepStrictEqual([app.window(0).destroyed, app.window(1).destroyed, app.ended()], [true, false, undefined])
  })

  it("whose page has crashed is not put off", async () => {
    const app = await started(1)
    app.window(0).webContents.crashed = true
    await app.close(0)
    await settle()
    assert.strictEqual(app.ended(), "quit")
  })
})

describe("what is typed", () => {
  it("is asked about before a window is closed that is not the last one: who stays keeps it", async () => {
    const app = await started(2)
    app.window(0).webContents.draft = "Aco"
    await app.close(0)
    assert.deepStrictEqual([app.window(0).destroyed, app.questions], [false, [question]])
    app.user.button = "Leave"
    await app.close(0)
    await app.done(0)
    assert.deepStrictEqual([app.window(0).destroyed, app.questions.length], [true, 2])
  })

  it("is asked about before the last one is hidden", async () => {
    const app = await started(1)
    app.window(0).webContents.draft = "Aco"
    await app.close(0)
    assert.deepStrictEqual([app.questions.length, app.window(0).calls, app.asked(0)], [1, ["show", "focus"], []])
    app.user.button = "Leave"
    await app.close(0)
    assert.deepStrictEqual([app.questions.length, app.window(0).calls.at(-1)], [2, "hide"])
    await app.done(0)
    assert.deepStrictEqual([app.window(0).destroyed, app.ended(), app.questions.length], [true, "quit", 2])
  })

  it("is asked about before the app sends what waits and goes: who stays goes on", async () => {
    const app = await started(2)
    app.window(1).webContents.draft = "Aco"
    await app.quit()
    assert.deepStrictEqual([app.questions.length, app.window(1).calls], [1, ["show", "focus"]])
    app.time.pass(60_000)
    await settle()
    assert.deepStrictEqual([app.ended(), app.asked(0), app.asked(1)], [undefined, [], []])
    app.user.button = "Leave"
    await app.quit()
    await app.done(0)
    await app.done(1)
    assert.deepStrictEqual([app.ended(), app.questions.length], ["quit", 2])
  })

  it("is asked about once for each page, and no more where the user stays", async () => {
    const app = await started(3)
    for (const index of [0, 1, 2]) app.window(index).webContents.draft = "Aco"
    await app.quit()
    assert.lengthOf(app.questions, 1)
    app.user.button = "Leave"
    await app.quit()
    assert.lengthOf(app.questions, 4)
    for (const index of [0, 1, 2]) await app.done(index)
    assert.deepStrictEqual([app.ended(), app.questions.length], ["quit", 4])
  })

  it("is asked about once where a quit is asked for twice at once, and what waits is sent", async () => {
    const app = await started(2)
    app.window(0).webContents.draft = "Aco"
    void app.quit()
    await app.quit()
    assert.deepStrictEqual([app.ended(), app.questions.length], [undefined, 1])
    app.user.button = "Leave"
    void app.quit()
    await app.quit()
    assert.deepStrictEqual([app.ended(), app.questions.length], [undefined, 2])
    await app.done(0)
    await app.done(1)
    assert.strictEqual(app.ended(), "quit")
  })

  it("is asked about also where it was typed, or its window opened, while another page did not answer", async () => {
    const app = await started(2)
    app.window(1).webContents.hangs = true
    await app.quit()
    app.window(0).webContents.draft = "Aco"
    app.window(0).webContents.opens({ url: "app://clients/" })
    app.window(2).webContents.draft = "Acorn"
    app.user.button = "Leave"
    app.time.pass(3000)
    await settle()
    assert.deepStrictEqual([app.questions.length, app.asked(0).length, app.asked(2).length], [2, 1, 1])
    await app.done(0)
    await app.done(2)
    assert.strictEqual(app.ended(), "exit")
  })

  it("is asked about once where a window is closed and the app is quit, whichever comes first: who stays stays", async () => {
    for (const first of ["close", "quit"] as const) {
      const app = await started(1)
      let answers = () => {}
      app.window(0).webContents.busy = new Promise((resolve) => (answers = resolve))
      app.window(0).webContents.draft = "Aco"
      await app[first](0)
      await app[first === "close" ? "quit" : "close"](0)
      answers()
      await settle()
      assert.deepStrictEqual([app.questions.length, app.window(0).destroyed, app.asked(0)], [1, false, []], first)
      app.user.button = "Leave"
      await app.quit()
      await app.done(0)
      assert.deepStrictEqual([app.questions.length, app.ended()], [2, "quit"], first)
    }
  })

  it("is not waited for in a page that crashes, or is gone, before it answers", async () => {
    const app = await started(3)
    for (const index of [0, 1]) app.window(index).webContents.hangs = true
    await app.quit()
    app.window(0).webContents.crashed = true
    app.window(0).webContents.listeners.emit("render-process-gone")
    app.window(1).destroy()
    await settle()
    await app.done(2)
    assert.strictEqual(app.ended(), "quit")
  })

  it("is shown before it is asked about, also where the window is minimized", async () => {
    const app = await started(1)
    app.window(0).webContents.draft = "Aco"
    app.window(0).minimized = true
    await app.quit()
    assert.deepStrictEqual(app.window(0).calls, ["restore", "show", "focus"])
  })

  it("is asked about also beside a page that hangs, and nothing more is waited for than its three seconds", async () => {
    const app = await started(2)
    app.window(0).webContents.hangs = true
    app.window(1).webContents.draft = "Aco"
    await app.quit()
    app.time.pass(3000)
    await settle()
    assert.deepStrictEqual([app.ended(), app.questions.length], [undefined, 1])
    app.user.button = "Leave"
    await app.quit()
    app.time.pass(3000)
    await settle()
    assert.lengthOf(app.asked(1), 1)
    await app.done(1)
    assert.deepStrictEqual([app.ended(), app.asked(0)], ["exit", []])
  })

  it("holds up no end of the session", async () => {
    const app = await started(1)
    app.window(0).webContents.draft = "Aco"
    app.power.emit("shutdown")
    await app.quit()
    assert.deepStrictEqual([app.ended(), app.questions], ["quit", []])
  })
})

describe("the system ends the session", () => {
  it("called off: a later quit asks the windows again", async () => {
    const app = await started(1)
    app.power.emit("shutdown")
    app.time.pass(calledOff)
    await app.quit()
    assert.lengthOf(app.asked(0), 1)
    await app.done(0)
    assert.strictEqual(app.ended(), "quit")
  })

  for (const how of ["shutdown", "session-end"]) {
    it(`${how}: nothing holds it up`, async () => {
      const app = await started(2)
      if (how === "shutdown") app.power.emit("shutdown")
      else app.window(0).listeners.emit("session-end")
      const event = happening()
      assert.isFalse(app.app.emit("before-quit", event))
      assert.isFalse(app.window(1).listeners.emit("close"))
      assert.isEmpty([...app.asked(0), ...app.asked(1)])
    })
  }
})
