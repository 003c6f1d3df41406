/**
 * What the React tests show: one screen for each way to use the hooks.
 *
 * @since 0.1.0
 */
import { memo, type ReactElement } from "react"
import type { ClientView, ClientsOptions, ClientsSnapshot, StoreOptions } from "../../../src/doors/promise.js"
import { useClient, useClients, useEntries, useStatus } from "../../../src/doors/react.js"

/** How often each row was drawn, by the name that it showed. */
export const drawn = new Map<string, number>()

const drew = (name: string): void => {
  drawn.set(name, (drawn.get(name) ?? 0) + 1)
}

/** What a screen is given. */
export interface Shown {
  readonly workspaceId: number
  readonly options?: ClientsOptions | undefined
}

const textOf = ({ name, pending }: ClientView): string => (pending ? `${name} (waits)` : name)

/** The state, with what becomes of refreshing. */
const stateOf = (shown: ClientsSnapshot): string =>
  shown._tag === "Ready" ? `${shown._tag} ${shown.refresh._tag}` : shown._tag

const Row = memo(({ client }: { readonly client: ClientView }) => {
  drew(textOf(client))
  return <li data-id={client.id}>{textOf(client)}</li>
})

/** One list, whose rows are in `memo`. */
const List = ({ options, workspaceId }: Shown): ReactElement => {
  const shown = useClients(workspaceId, { ...options })
  const { clients } = shown
  return (
    <section>
      <h1>{stateOf(shown)}</h1>
      <ul>
        {clients.map((client) => (
          <Row key={client.key} client={client} />
        ))}
      </ul>
    </section>
  )
}

const OwnRow = memo(({ id, workspaceId, ...options }: StoreOptions & Pick<Shown, "workspaceId"> & { id: number }) => {
  const shown = useClient(workspaceId, id, options)
  const text = shown.client === undefined ? shown._tag : textOf(shown.client)
  drew(text)
  return <li data-id={shown.client?.id}>{text}</li>
})

/** Rows that each ask for their own client, by an id. */
const OwnRows = ({ options, workspaceId }: Shown): ReactElement => {
  const shown = useClients(workspaceId, { ...options })
  const { clients } = shown
  return (
    <section>
      <h1>{stateOf(shown)}</h1>
      <ul>
        {clients.map(({ id, key }) => (
          <OwnRow key={key} id={id} workspaceId={workspaceId} freshness={options?.freshness} />
        ))}
      </ul>
    </section>
  )
}

/** What the queue does. */
const Queue = (): ReactElement => {
  const { status } = useStatus()
  const { _tag, entries } = useEntries()
  return (
    <section>
      <h1>{_tag}</h1>
      <p>{status === undefined ? "loads" : `${status.waiting} wait`}</p>
      <ul>
        {entries.map(({ nameAfter, seq }) => (
          <li key={seq}>{nameAfter}</li>
        ))}
      </ul>
    </section>
  )
}

/** The screens, by their names. */
export const screens = { list: List, ownRows: OwnRows, queue: Queue }
