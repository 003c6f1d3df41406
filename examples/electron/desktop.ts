// The app, put together from its parts. `main.ts` gives it Electron, and the tests a browser that plays it.
import { join } from "node:path"
import { api } from "../pwa/server/api.ts"
import { only } from "../pwa/server/sessions.ts"
import { account } from "./account.ts"
import type { Electron } from "./electron.ts"
import { files } from "./files.ts"
import { listen } from "./ipc.ts"
import { keeper } from "./keeper.ts"
import { folderName, privileges, scheme } from "./origin.ts"
import { question, type QuitOptions, quitting } from "./quit.ts"
import { answering } from "./scheme.ts"
import { upstream } from "./upstream.ts"
import { windows } from "./windows.ts"

export interface DesktopOptions {
  /** Another Toggl than the real one, to try it. */
  readonly baseUrl?: string | undefined
  /** Another clock than the system's, for tests. */
  readonly after?: QuitOptions["after"]
}

/** Resolves when the first window is asked for, or when another instance of the app was found and takes over. */
export const start = async (electron: Electron, { after, baseUrl }: DesktopOptions = {}): Promise<void> => {
  const { app, dialog, ipcMain, platform, powerMonitor, protocol, safeStorage, session, shell } = electron
  // by itself it would follow the app's name, which may change
  const userData = join(app.getPath("appData"), folderName)
  app.setPath("userData", userData)
  if (!app.requestSingleInstanceLock()) return app.quit()
  // before `ready`: later no scheme can be registered
  protocol.registerSchemesAsPrivileged([{ scheme, privileges }])
  // it may repeat a change over TCP that went over QUIC before
  app.commandLine.appendSwitch("disable-quic")

  const quit = quitting({
    windows: () => open.all(),
    quit: () => app.quit(),
    exit: () => app.exit(0),
    ask: () => dialog.showMessageBoxSync(question) === question.buttons.indexOf("Leave"),
    ...(after === undefined ? {} : { after })
  })
  const open = windows({
    ...quit,
    openWindow: electron.openWindow,
    openExternal: (url) => shell.openExternal(url),
    preload: join(app.getAppPath(), "dist", "preload.cjs")
  })
  app.on("before-quit", quit.beforeQuit)
  app.on("second-instance", open.focus)
  app.on("window-all-closed", () => {
    if (platform !== "darwin") app.quit()
  })

  await app.whenReady()
  powerMonitor.on("shutdown", quit.sessionEnds)
  const kept = keeper({ file: join(userData, "session.json"), safeStorage, platform })
  const ofUser = account(
    api({
      base: "/",
      sessions: only(kept.load(), kept.changed),
      baseUrl,
      // neither is kept on the disk, and no page uses them
      fetch: upstream(session.fromPartition("toggl-reads"), session.fromPartition("toggl-changes"))
    }),
    kept.isKept
  )
  listen(ipcMain, { account: ofUser, flushed: quit.flushed })
  protocol.handle(scheme, answering(files(join(app.getAppPath(), "dist", "app")), ofUser.handler))
  app.on("activate", open.focus)
  open.open()
}
