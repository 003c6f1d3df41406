// Runs what may fail, and tells why it did.
import { useCallback, useState } from "react"
import { sentence } from "./sentence.ts"

export interface Attempt {
  readonly isRunning: boolean
  /** Why the last one failed. */
  readonly problem: string | undefined
  readonly run: (work: () => Promise<unknown>) => Promise<boolean>
  readonly clear: () => void
}

export const useAttempt = (): Attempt => {
  const [isRunning, setRunning] = useState(false)
  const [problem, setProblem] = useState<string>()
  const run = useCallback(async (work: () => Promise<unknown>) => {
    setRunning(true)
    setProblem(undefined)
    try {
      await work()
      return true
    } catch (thrown) {
      setProblem(sentence(thrown))
      return false
    } finally {
      setRunning(false)
    }
  }, [])
  return { isRunning, problem, run, clear: useCallback(() => setProblem(undefined), []) }
}
