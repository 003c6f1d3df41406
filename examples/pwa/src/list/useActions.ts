// What can be done with a client, and what is said of it.
import type { ClientView, Ending, Outcome, Queued } from "effect-toggl-clients/promise"
import { useToggl } from "effect-toggl-clients/react"
import { useMemo, useState } from "react"
import { useSay } from "../parts/Notices.tsx"
import { goingWith } from "../outbox/words.ts"
import { sentence } from "../parts/sentence.ts"
import { count } from "../parts/times.ts"
import { goTo } from "../route.ts"

export interface Actions {
  readonly archiveOrRestore: (client: ClientView) => void
  readonly askDelete: (client: ClientView) => void
  readonly remove: (client: ClientView) => void
  readonly restore: (client: ClientView, projects: Projects) => void
}

/** Which of the archived projects come back. */
export type Projects = "none" | "all" | ReadonlyArray<number>

export type Dialog = { readonly kind: "delete" | "restore"; readonly client: ClientView }

// What was archived with a client while this page is open: offered when it is restored.
const archivedWith = new Map<number, ReadonlyArray<number>>()

export const projectsOf = (client: ClientView): ReadonlyArray<number> => archivedWith.get(client.id) ?? []

const projectsSentence = (projects: ReadonlyArray<number> | undefined): string => {
  if (projects === undefined) return "Which projects went with it is not known."
  return projects.length === 0 ? "It had no active project." : `${count(projects.length, "project")} went with it.`
}

const archived = ({ id, name }: ClientView, projects: ReadonlyArray<number> | undefined): string => {
  if (projects !== undefined) archivedWith.set(id, projects)
  return `${name} is archived. ${projectsSentence(projects)}`
}

type Done = Extract<Ending, { readonly _tag: "Done" }>

/** What became of a change that cannot be undone any more; `undefined` where it is still here. */
const ended = ({ _tag }: Outcome): string | undefined => {
  switch (_tag) {
    case "Done":
      return "Too late to undo: Toggl has it already."
    case "Refused":
      return "There is nothing to undo: Toggl has refused it."
    case "Discarded":
      return "There is nothing to undo: it was discarded."
    case "Moved":
      return "It was moved into a file: the outbox can keep it here after all."
    case "Unknown":
      return "It is not in the outbox any more."
    case "Waiting":
    case "Standing":
      return undefined
  }
}

export const useActions = (workspaceId: number) => {
  const toggl = useToggl()
  const say = useSay()
  const [dialog, setDialog] = useState<Dialog>()
  const actions = useMemo<Actions>(() => {
    const fail = (thrown: unknown) => say({ text: sentence(thrown), isBad: true })

    // The way back is there for as long as the change is here.
    const undo = (queued: Queued, done: string, sent: (ending: Done) => string) => ({
      label: "Undo",
      over: async (signal: AbortSignal) => {
        const ending = await toggl.awaitOutcome(queued.entryId, { signal })
        return ending._tag === "Done" ? sent(ending) : ending._tag === "Refused" ? ending.error.message : ended(ending)
      },
      run: () => {
        const late = (thrown?: unknown) =>
          toggl
            .outcome(queued.entryId)
            .then((outcome) => say({ text: ended(outcome) ?? sentence(thrown), isBad: true }), fail)
        toggl.readEntries().then((entries) => {
          const entry = entries.find(({ id }) => id === queued.entryId)
          if (entry === undefined) return void late()
          // what was done with the client since would go with it
          const later = goingWith(entry, entries).length
          if (later > 0) {
            return say({
              text: `${count(later, "later change")} of it would go too. See in the outbox.`,
              action: { label: "Open the outbox", run: () => goTo("outbox") }
            })
          }
          toggl.discard(queued.entryId).then(
            (gone) =>
              say({
                text: gone.some(({ mayHaveBeenApplied }) => mayHaveBeenApplied)
                  ? "Undone here. Toggl may have done it already: the list shows it once Toggl is asked."
                  : done
              }),
            late
          )
        }, fail)
      }
    })

    // It never was in Toggl: there is nothing to take back, and it can be made again.
    const removeLocal = ({ id, name, notes }: ClientView) => {
      const makeAgain = () => void toggl.create(workspaceId, { name, notes }).catch(fail)
      toggl
        .delete(workspaceId, id)
        .then(() => say({ text: `${name} is deleted.`, action: { label: "Make it again", run: makeAgain } }), fail)
    }

    return {
      archiveOrRestore: (client) => {
        if (client.archived) return setDialog({ kind: "restore", client })
        toggl.archive(workspaceId, client.id).then((receipt) => {
          if (receipt._tag === "Queued") {
            return say({
              text: `${client.name} is archived here. Toggl will archive its active projects with it.`,
              action: undo(receipt, `${client.name} is active again.`, ({ projects }) => archived(client, projects))
            })
          }
          say({ text: archived(client, receipt.value) })
        }, fail)
      },
      askDelete: (client) => setDialog({ kind: "delete", client }),
      remove: (client) => {
        if (client.id < 0) return removeLocal(client)
        toggl.delete(workspaceId, client.id).then((receipt) => {
          say(
            receipt._tag === "Queued"
              ? {
                  text: `${client.name} is deleted here, and not in Toggl yet.`,
                  action: undo(receipt, `${client.name} is back.`, () => `${client.name} is deleted in Toggl.`)
                }
              : { text: `${client.name} is deleted in Toggl.` }
          )
        }, fail)
      },
      restore: (client, projects) => {
        const input = projects === "none" ? {} : projects === "all" ? { restoreAllProjects: true } : { projects }
        toggl.restore(workspaceId, client.id, input).then((receipt) => {
          archivedWith.delete(client.id)
          say(
            receipt._tag === "Queued"
              ? {
                  text: `${client.name} is restored here, and not in Toggl yet.`,
                  action: undo(
                    receipt,
                    `${client.name} is archived again.`,
                    () => `${client.name} is restored in Toggl.`
                  )
                }
              : { text: `${client.name} is restored.` }
          )
        }, fail)
      }
    }
  }, [toggl, say, workspaceId])
  return { actions, dialog, close: () => setDialog(undefined) }
}
