// The playground's world, kept in IndexedDB: browsers stop a worker that has nothing to do.
import { createStore, get, set } from "idb-keyval"
import { demo, type World } from "../server/demo.ts"
import { users } from "../server/demoWorld.ts"
import type { Handler } from "../server/http.ts"
import { only, type StoredSession } from "../server/sessions.ts"
import { inTime } from "../src/parts/inTime.ts"

/** What is stored. Of the session only whose it is, for no token is ever stored. */
interface Stored {
  readonly world: World
  readonly signedIn: number | undefined
}

// Another version of the demo that stores something else takes another key.
const key = "world 1"

const sessionOf = (userId: number | undefined): StoredSession | undefined => {
  const user = users.find(({ id }) => id === userId)
  return user === undefined
    ? undefined
    : {
        token: user.apiToken,
        userId: user.id,
        name: user.fullName,
        email: user.email,
        workspaceId: user.defaultWorkspaceId
      }
}

/** The API of the playground below a path, from where it was when it was stored. */
export const started = async (base: string): Promise<Handler> => {
  const store = createStore(`toggl-clients-playground ${base}`, "world")
  // where nothing can be stored, or the storage never answers, the world lasts as long as the worker
  const stored = await inTime(get<Stored>(key, store).then((before) => ({ before })))
  // what was not read is not written over
  let isStoring = stored !== undefined
  const from = async (before: Stored | undefined): Promise<Handler> => {
    let signedIn = before?.signedIn
    const { handler } = await demo({
      base,
      sessions: only(sessionOf(signedIn), (session) => {
        signedIn = session?.userId
      }),
      world: before?.world,
      // the playground is on this device, and still its Toggl is as far as any
      isOnline: () => navigator.onLine,
      changed: async (world) => {
        if (!isStoring) return
        const ends = set(key, { world, signedIn } satisfies Stored, store).catch(() => undefined)
        // one that hangs is waited for once
        isStoring = (await inTime(ends.then(() => true))) === true
      }
    })
    return handler
  }
  // what another version has stored may be none of this one's
  return from(stored?.before).catch(() => from(undefined))
}
