// What goes back to the page: an answer of the proxy's own, or Toggl's, with nothing in it that was not meant for a page.
import { markHeader, type Mark } from "../wire/proxyMarks.js"
import { read } from "./body.js"
import type { ProxySession } from "./options.js"
import { pair } from "./session.js"

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

/** The proxy's own. */
export const own = (mark: Mark, status: number, sentence: string): Answer => ({
  status,
  headers: { "content-type": "application/json", [markHeader]: mark },
  body: JSON.stringify({ error_message: sentence })
})

/** The app, or what it has set, is to be mended. */
export const invalid = (sentence: string, status = 400): Answer => own("InvalidConfiguration", status, sentence)

// As much as the library itself reads.
const most = 16_000_000

// `Age` too: by it the library knows a cache's answer.
const passed =
  /^(x-(toggl-.+|remaining-login-attempts|authorization-missing)|retry-after|date|age|cf-ray|content-type)$/

/**
 * Toggl's answer. Of the user it says no more than the ids that the library reads, for Toggl shows the token there. A redirect, also one that the runtime hides
 * (status 0), is a status 300: of the others a browser hides all that they say. Fails where no whole answer comes.
 */
export const passOn = async (response: Response, session: ProxySession, isMe: boolean): Promise<Answer> => {
  const { redirected, status } = response
  const shown = (text: string) => text.replaceAll(session.token, "...").replaceAll(pair(session), "...")
  const headers: Record<string, string> = {}
  response.headers.forEach((value, name) => {
    if (passed.test(name)) headers[name] = shown(value)
  })
  const whole = await read(response.body, most)
  if (redirected || status < 200 || (status > 299 && status < 400)) return { status: 300, headers, body: null }
  if (whole === undefined || status > 599) throw new Error()
  const text = await whole.text()
  const body = isMe && status === 200 ? JSON.stringify(JSON.parse(text), ["id", "default_workspace_id"]) : text
  return { status, headers, body: shown(body) || null }
}
