// Which clients have a change that needs the user: their rows say so.
import type { EntryView } from "effect-toggl-clients/promise"
import { useEntries } from "effect-toggl-clients/react"
import { useMemo } from "react"

export type Mark = "refused" | "setAside" | "held"

const markOf = ({ reason, state }: EntryView): Mark | undefined => {
  if (state === "Refused") return "refused"
  if (reason?._tag === "SetAside") return "setAside"
  return reason?._tag === "Held" ? "held" : undefined
}

export const useMarks = (): ReadonlyMap<number, Mark> => {
  const { entries } = useEntries()
  return useMemo(() => {
    const marks = new Map<number, Mark>()
    for (const entry of entries) {
      const mark = markOf(entry)
      if (mark !== undefined && entry.clientId !== undefined && marks.get(entry.clientId) !== "refused") {
        marks.set(entry.clientId, mark)
      }
    }
    return marks
  }, [entries])
}
