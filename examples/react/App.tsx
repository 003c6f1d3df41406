"use client"
import { type ClientView, describe, isInvalidName } from "effect-toggl-clients/promise"
import { useClients, useStatus, useToggl } from "effect-toggl-clients/react"
import { memo, type SyntheticEvent, useState } from "react"
import { workspaceId } from "./toggl.js"

// drawn again only where its own client has changed
const Row = memo(({ client }: { readonly client: ClientView }) => (
  <li>
    {client.name}
    {client.pending && " (waits)"}
  </li>
))

const Add = () => {
  const toggl = useToggl()
  const [name, setName] = useState("")
  const [problem, setProblem] = useState("")

  const add = async (event: SyntheticEvent) => {
    event.preventDefault()
    setName("")
    setProblem("")
    try {
      await toggl.create(workspaceId, { name })
    } catch (error) {
      if (!isInvalidName(error)) throw error
      setName(name)
      setProblem(error.message)
    }
  }

  return (
    <form onSubmit={(event) => void add(event)}>
      <input value={name} onChange={(event) => setName(event.target.value)} placeholder="A new client's name" />
      <button>Add</button>
      <p role="alert">{problem}</p>
    </form>
  )
}

const Queue = () => {
  const { status } = useStatus()
  return <footer>{status === undefined ? "Loading" : describe(status, Date.now())}</footer>
}

export const App = () => {
  const { clients } = useClients(workspaceId)
  return (
    <main>
      <h1>Clients</h1>
      <Add />
      <ul>
        {clients.map((client) => (
          <Row key={client.key} client={client} />
        ))}
      </ul>
      <Queue />
    </main>
  )
}
