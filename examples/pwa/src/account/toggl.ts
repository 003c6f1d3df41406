// Toggl's clients for one account, opened once for the page's life.
import { type CredentialsSource, open, proxy, token, type TogglClients } from "effect-toggl-clients/promise"
import { baseUrl, isDirect } from "./address.ts"
import { desktop } from "./desktop.ts"
import { heldToken } from "./session.ts"
import { isSessionLeft, subscribe } from "./who.ts"

// asked at each attempt: nobody is signed in until the user has typed the token
const held = (account: string): CredentialsSource => ({
  get: () => {
    const text = heldToken(account)
    return text === undefined ? undefined : token(text)
  }
})

/** The session's, but never one that was left: as long as it is not known to be over, there is no telling who is signed in. */
const session: CredentialsSource = {
  get: () => {
    if (isSessionLeft()) throw new Error("somebody has signed out, and the server does not know of it yet")
    return proxy()
  },
  subscribe: (listener) => {
    let wasLeft = isSessionLeft()
    return subscribe(() => {
      const isOver = wasLeft && !isSessionLeft()
      wasLeft = isSessionLeft()
      if (isOver) listener()
    })
  }
}

export const openFor = (account: string): TogglClients =>
  open({
    account,
    credentials: isDirect ? held(account) : session,
    baseUrl: baseUrl(),
    // the demo's Toggl is on this very device: "offline" is to mean offline there too. The desktop's main process knows better.
    offlineIncludesLoopback: desktop === undefined
  })
