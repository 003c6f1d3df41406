/// <reference types="vite/client" />

interface ImportMetaEnv {
  /** Where Toggl is, for an app whose pages ask it by themselves: see `account/address.ts`. */
  readonly VITE_TOGGL_URL?: string
}
