/**
 * TanStack Query: paused mutations, kept by the IndexedDB persister that its documentation builds with idb-keyval.
 *
 * @since 0.1.0
 */
import { hydrate, MutationObserver, onlineManager, QueryClient } from "@tanstack/query-core"
import { type PersistedClient, persistQueryClient, persistQueryClientSave } from "@tanstack/query-persist-client-core"
import { createStore, del, get, set } from "idb-keyval"
import { type Change, type Peer, type Server } from "./Peer.js"

const mutationKey = ["clients", "update"]
// one scope, so that changes are sent in their order
const scope = { id: "clients" }

const clientOf = (server: Server) => {
  const client = new QueryClient()
  client.setMutationDefaults(mutationKey, { mutationFn: (change: Change) => server.change(change) })
  return client
}

interface Told {
  /** How many changes the last write has kept. */
  onSet: (kept: number) => void
  writing: number
}

const persisterOf = (queue: string) => {
  const store = createStore(`query ${queue}`, "cache")
  const told: Told = { onSet: () => undefined, writing: 0 }
  return {
    told,
    persistClient: async (client: PersistedClient) => {
      told.writing += 1
      await set("client", client, store)
      told.writing -= 1
      told.onSet(client.clientState.mutations.length)
    },
    restoreClient: () => get<PersistedClient>("client", store),
    removeClient: () => del("client", store)
  }
}

/**
 * TanStack Query's persister.
 *
 * @since 0.1.0
 * @category peers
 */
export const queryPersister: Peer = {
  seed: async (queue, changes) => {
    const queryClient = new QueryClient()
    const submittedAt = Date.now()
    hydrate(queryClient, {
      mutations: changes.map((variables) => ({
        mutationKey,
        scope,
        state: {
          context: undefined,
          data: undefined,
          error: null,
          failureCount: 0,
          failureReason: null,
          isPaused: true,
          status: "pending",
          variables,
          submittedAt
        }
      }))
    })
    await persistQueryClientSave({ queryClient, persister: persisterOf(queue) })
    queryClient.clear()
  },
  open: async (queue, server) => {
    onlineManager.setOnline(false)
    const queryClient = clientOf(server)
    const persister = persisterOf(queue)
    const { told } = persister
    const [unsubscribe, restored] = persistQueryClient({ queryClient, persister })
    await restored
    const mutations = queryClient.getMutationCache()
    const paused = () => mutations.getAll().filter(({ state }) => state.isPaused).length
    const observer = new MutationObserver<void, Error, Change>(queryClient, { mutationKey, scope })
    const rest = async () => {
      while (told.writing > 0) await new Promise((resolve) => setTimeout(resolve, 0))
    }
    return {
      accept: (change) =>
        new Promise((resolve) => {
          const before = paused()
          told.onSet = (kept) => {
            if (kept > before) resolve()
          }
          observer.mutate(change).catch(() => undefined)
        }),
      rest,
      pending: async () => paused(),
      replay: async () => {
        onlineManager.setOnline(true)
        await queryClient.resumePausedMutations()
        await rest()
      },
      close: async () => {
        unsubscribe()
        queryClient.clear()
      }
    }
  }
}
