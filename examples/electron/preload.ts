// Runs before a page, apart from it and without Node. The page gets `window.desktop`.
import { contextBridge, ipcRenderer } from "electron"
import { bridge } from "./bridge.ts"

contextBridge.exposeInMainWorld("desktop", bridge(ipcRenderer))
