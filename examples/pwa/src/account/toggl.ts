// Toggl's clients for one account, opened once for the page's life.
import { type CredentialsSource, open, proxy, token, type TogglClients } from "effect-toggl-clients/promise"
import { baseUrl, isDirect } from "./address.ts"
import { desktop } from "./desktop.ts"
import { heldToken } from "./session.ts"

// asked at each attempt: nobody is signed in until the user has typed the token
const held: CredentialsSource = {
  get: () => {
    const text = heldToken()
    return text === undefined ? undefined : token(text)
  }
}

export const openFor = (account: string): TogglClients =>
  open({
    account,
    credentials: isDirect ? held : proxy(),
    baseUrl: baseUrl(),
    // the demo's Toggl is on this very device: "offline" is to mean offline there too. The desktop's main process knows better.
    offlineIncludesLoopback: desktop === undefined
  })
