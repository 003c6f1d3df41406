// Electron's types come with its binary, which this repository does not install. These stand in for them in the repository's own check:
// they say that `main.ts` gives what `electron.ts` asks for. Whether Electron has it, only `npm run typecheck` says, where it is installed.
import type { Electron, IpcRenderer, Window, WindowOptions } from "./electron.ts"

export declare const app: Electron["app"]
export declare const dialog: Electron["dialog"]
export declare const ipcMain: Electron["ipcMain"]
export declare const powerMonitor: Electron["powerMonitor"]
export declare const protocol: Electron["protocol"]
export declare const safeStorage: Electron["safeStorage"]
export declare const session: Electron["session"]
export declare const shell: Electron["shell"]
export declare const BrowserWindow: new (options: WindowOptions) => Window
export declare const ipcRenderer: IpcRenderer
export declare const contextBridge: { exposeInMainWorld(key: string, api: object): void }
