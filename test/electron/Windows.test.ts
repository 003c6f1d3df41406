import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import { start } from "../../examples/electron/desktop.ts"
import { happening, play, type PlayOptions, temporary } from "./Played.ts"

// The app's start, and what its windows may show.

let place = temporary()
beforeEach(() => {
  place = temporary()
  place.write("dist/app/index.html", "the page")
})
afterEach(() => place.remove())

const started = async (options: Partial<PlayOptions> = {}) => {
  const played = play({ folder: place.folder, ...options })
  await start(played.electron)
  const [window] = played.windows
  if (window === undefined) return assert.fail("no window")
  return { ...played, window }
}

describe("the start", () => {
  it("names the folder and the scheme before Electron is ready, and answers before a page asks", async () => {
    const { log, window } = await started()
    assert.deepStrictEqual(log, [
      "userData is /appData/toggl-clients",
      `[{"scheme":"app","privileges":{"standard":true,"secure":true,"supportFetchAPI":true}}]`,
      "--disable-quic",
      "ready",
      "handles app"
    ])
    assert.deepStrictEqual(window.loaded, ["app://clients/"])
  })

  it("gives pages no Node, a sandbox, and a world apart from the bridge's", async () => {
    const { window } = await started()
    const { preload, ...rest } = window.options.webPreferences
    assert.deepStrictEqual(rest, { sandbox: true, contextIsolation: true, nodeIntegration: false })
    assert.strictEqual(preload, `${place.folder}/dist/preload.cjs`)
  })

  it("a second instance goes, without a window", async () => {
    const played = play({ folder: place.folder, isSecond: true })
    await start(played.electron)
    assert.deepStrictEqual([played.windows, played.ended()], [[], "quit"])
    assert.notInclude(played.log, "ready")
  })

  it("and the first one comes to the front", async () => {
    const { app, window, windows } = await started()
    window.minimized = true
    app.emit("second-instance")
    assert.deepStrictEqual([window.calls, windows.length], [["restore", "show", "focus"], 1])
  })

  it("without a built app fails, and says what to do", async () => {
    place.remove()
    place.write("dist/app/other.html", "")
    const thrown = await start(play({ folder: place.folder }).electron).catch(String)
    assert.match(String(thrown), /npm run build/)
  })
})

describe("a window shows the app's own pages only", () => {
  it("a link to one of them opens another window", async () => {
    const { outside, window, windows } = await started()
    assert.deepStrictEqual(window.webContents.opens({ url: "app://clients/clients/7" }), { action: "deny" })
    assert.deepStrictEqual(
      windows.map(({ loaded }) => loaded),
      [["app://clients/"], ["app://clients/clients/7"]]
    )
    assert.isEmpty(outside)
  })

  for (const [url, isOut] of [
    ["https://track.toggl.com/profile", true],
    ["http://track.toggl.com/profile", false],
    ["file:///etc/passwd", false],
    ["javascript:alert(1)", false],
    ["ms-msdt:/id", false],
    ["smb://evil.test/share", false],
    ["app://other/", false],
    ["app://clients.evil.test/", false],
    ["HTTPS://track.toggl.com/", false],
    ["https:track.toggl.com", false],
    ["about:blank", false],
    ["", false]
  ] as const) {
    it(`${url || "nothing"} is ${isOut ? "opened by the system's browser" : "opened by nobody"}`, async () => {
      const { outside, window, windows } = await started()
      const { webContents } = window
      assert.deepStrictEqual(webContents.opens({ url }), { action: "deny" })
      assert.deepStrictEqual(outside, isOut ? [url] : [])
      assert.isTrue(webContents.listeners.emit("will-frame-navigate", happening(url)))
      assert.deepStrictEqual(outside, isOut ? [url, url] : [])
      // a frame opens nothing
      assert.isTrue(webContents.listeners.emit("will-frame-navigate", happening(url, false)))
      assert.lengthOf(outside, isOut ? 2 : 0)
      assert.lengthOf(windows, 1)
    })
  }

  it("it moves among its own pages, and holds no web view", async () => {
    const { window } = await started()
    const { listeners } = window.webContents
    assert.isFalse(listeners.emit("will-frame-navigate", happening("app://clients/outbox?x#y")))
    assert.isTrue(listeners.emit("will-attach-webview"))
  })
})
