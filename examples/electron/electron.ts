// What this app uses of Electron, and nothing else. Electron's own types are wider: `npm run typecheck` here holds `main.ts` against
// them. The tests play these with a browser.

export interface Preventable {
  preventDefault(): void
}

export interface App {
  getPath(name: "appData"): string
  setPath(name: "userData", path: string): void
  getAppPath(): string
  requestSingleInstanceLock(): boolean
  whenReady(): Promise<void>
  quit(): void
  exit(code?: number): void
  readonly commandLine: { appendSwitch(name: string): void }
  on(event: "before-quit", listener: (event: Preventable) => void): unknown
  on(event: "second-instance" | "activate" | "window-all-closed", listener: () => void): unknown
}

export interface WebContents {
  readonly id: number
  send(channel: string, ...args: ReadonlyArray<unknown>): void
  isCrashed(): boolean
  /** Resolves with what the code gives in the page: never, where the page hangs. */
  executeJavaScript(code: string): Promise<unknown>
  setWindowOpenHandler(handler: (details: { readonly url: string }) => { action: "deny" }): void
  /** Of `will-prevent-unload`, `preventDefault` lets the page go that asks to stay. */
  on(event: "will-attach-webview" | "will-prevent-unload", listener: (event: Preventable) => void): unknown
  on(
    event: "will-frame-navigate",
    listener: (event: Preventable & { url: string; isMainFrame: boolean }) => void
  ): unknown
  on(event: "render-process-gone", listener: () => void): unknown
}

export interface Window {
  readonly webContents: WebContents
  loadURL(url: string): Promise<void>
  show(): void
  hide(): void
  focus(): void
  restore(): void
  isMinimized(): boolean
  isDestroyed(): boolean
  /** Closes it without asking its page, which may hang. */
  destroy(): void
  on(event: "close", listener: (event: Preventable) => void): unknown
  on(event: "closed" | "session-end", listener: () => void): unknown
}

export interface WindowOptions {
  readonly width: number
  readonly height: number
  readonly webPreferences: {
    readonly preload: string
    readonly sandbox: true
    readonly contextIsolation: true
    readonly nodeIntegration: false
  }
}

export interface Sender {
  /** `null` where the frame has gone meanwhile. */
  readonly senderFrame: { readonly url: string; readonly parent: object | null } | null
  readonly sender: { readonly id: number }
}

export interface IpcMain {
  handle(channel: string, listener: (event: Sender, ...args: Array<unknown>) => unknown): void
  on(channel: string, listener: (event: Sender, ...args: Array<unknown>) => void): unknown
}

export interface IpcRenderer {
  invoke(channel: string, ...args: Array<unknown>): Promise<unknown>
  send(channel: string, ...args: Array<unknown>): void
  on(channel: string, listener: (event: object, ...args: Array<unknown>) => void): unknown
}

export interface SafeStorage {
  isEncryptionAvailable(): boolean
  /** Only on Linux. */
  getSelectedStorageBackend(): string
  encryptString(text: string): Buffer
  decryptString(bytes: Buffer): string
}

export interface NetSession {
  fetch(url: string, init?: RequestInit): Promise<Response>
  closeAllConnections(): Promise<void>
}

export interface Question {
  readonly type: "question"
  readonly message: string
  readonly detail: string
  readonly buttons: Array<string>
  readonly defaultId: number
  readonly cancelId: number
}

export interface Electron {
  readonly app: App
  /** Gives the index of the button. */
  readonly dialog: { showMessageBoxSync(options: Question): number }
  readonly ipcMain: IpcMain
  readonly powerMonitor: { on(event: "shutdown", listener: () => void): unknown }
  readonly protocol: {
    registerSchemesAsPrivileged(
      schemes: Array<{ scheme: string; privileges: { standard: true; secure: true; supportFetchAPI: true } }>
    ): void
    handle(scheme: string, handler: (request: Request) => Promise<Response>): void
  }
  readonly safeStorage: SafeStorage
  readonly session: { fromPartition(name: string): NetSession }
  readonly shell: { openExternal(url: string): Promise<void> }
  readonly openWindow: (options: WindowOptions) => Window
  readonly platform: string
}
