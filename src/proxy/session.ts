// The app's session, as the app gives it.
import type { ProxySession } from "./options.js"
import { isId } from "./route.js"

/** Whether it can sign a request: past a colon the name would end, and a line break would begin another header. */
export const isSession = ({ token = "", userId = 0 }: Partial<ProxySession>): boolean =>
  /^[!-9;-~]+$/.test(token) && isId(`${userId}`)

/** What signs a request, after `Basic `. */
export const pair = ({ token }: ProxySession): string => btoa(`${token}:api_token`)
