// Electron's main process. All that it does is in `desktop.ts`.
import { app, BrowserWindow, dialog, ipcMain, powerMonitor, protocol, safeStorage, session, shell } from "electron"
import { start } from "./desktop.ts"

start(
  {
    app,
    dialog,
    ipcMain,
    platform: process.platform,
    powerMonitor,
    protocol,
    safeStorage,
    session,
    shell,
    openWindow: (options) => new BrowserWindow(options)
  },
  { baseUrl: process.env["TOGGL_BASE_URL"] }
).catch((error: unknown) => {
  console.error(error)
  app.exit(1)
})
