/** @jsxImportSource solid-js */
import { describe, isInvalidName } from "effect-toggl-clients/promise"
import { createSignal, For, from } from "solid-js"
import { toggl, workspaceId } from "./toggl.js"

export const App = () => {
  const shown = from(toggl.clients(workspaceId))
  const queue = from(toggl.status())
  const [name, setName] = createSignal("")
  const [problem, setProblem] = createSignal("")

  const add = async (event: SubmitEvent) => {
    event.preventDefault()
    const given = name()
    setName("")
    setProblem("")
    try {
      await toggl.create(workspaceId, { name: given })
    } catch (error) {
      if (!isInvalidName(error)) throw error
      setName(given)
      setProblem(error.message)
    }
  }

  const line = () => {
    const status = queue()?.status
    return status === undefined ? "Loading" : describe(status, Date.now())
  }

  return (
    <main>
      <h1>Clients</h1>
      <form onSubmit={(event) => void add(event)}>
        <input
          value={name()}
          onInput={(event) => setName(event.currentTarget.value)}
          placeholder="A new client's name"
        />
        <button>Add</button>
        <p role="alert">{problem()}</p>
      </form>
      <ul>
        {/* by reference: a client that shows the same is the same object */}
        <For each={shown()?.clients}>
          {(client) => (
            <li>
              {client.name}
              {client.pending ? " (waits)" : ""}
            </li>
          )}
        </For>
      </ul>
      <footer>{line()}</footer>
    </main>
  )
}
