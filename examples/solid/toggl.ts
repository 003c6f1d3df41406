import { open, proxy } from "effect-toggl-clients/promise"

export const workspaceId = 2230580

// once for the whole app: nothing starts before somebody looks or calls
export const toggl = open({ account: "ada", credentials: proxy(), baseUrl: "/api/toggl" })
