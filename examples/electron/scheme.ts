// Answers all requests to the scheme: the app's files, and its API.
import { type Handler, refuse } from "../pwa/server/http.ts"
import { isOurs } from "./origin.ts"

/** It never fails: Electron would print what it fails with. */
export const answering =
  (files: Handler, api: Handler): Handler =>
  async (request) => {
    try {
      if (!isOurs(request.url)) return refuse(404, "There is nothing at this address.")
      return await (/^\/api(\/|$)/.test(new URL(request.url).pathname) ? api(request) : files(request))
    } catch {
      return refuse(500, "The app could not answer.")
    }
  }
