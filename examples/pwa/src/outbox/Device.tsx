// What this device and Toggl allow: the quota, whether the browser keeps what is stored, and what older versions left behind.
import { Button, Progress, Text, Title } from "@mantine/core"
import type { OtherOutbox, Quota, Status } from "effect-toggl-clients/promise"
import { useToggl } from "effect-toggl-clients/react"
import { useCallback, useEffect, useState } from "react"
import type { Person } from "../account/who.ts"
import { useSay } from "../parts/Notices.tsx"
import { sentence } from "../parts/sentence.ts"
import { clock, count } from "../parts/times.ts"
import classes from "./Device.module.css"
import page from "./OutboxPage.module.css"

interface Props {
  readonly status: Status | undefined
  readonly workspaceId: number
  readonly person: Person
  readonly now: number
}

export const Device = ({ now, person, status, workspaceId }: Props) => (
  <section aria-labelledby="device">
    <Title order={3} size="h5" id="device" className={page["title"] ?? ""}>
      This device and Toggl
    </Title>
    <dl className={classes["facts"]}>
      <QuotaFact quota={status?.quota.find((one) => one.workspaceId === workspaceId)} now={now} />
      <Kept isKept={status?.persisted} />
    </dl>
    <Others person={person} />
  </section>
)

// Toggl's plans: so many requests an hour. It says what is left, and not of how many.
const plans = [30, 240, 600]

const QuotaFact = ({ now, quota }: { readonly quota: Quota | undefined; readonly now: number }) => {
  const isOver = quota?.resetsAt !== undefined && quota.resetsAt <= now
  if (quota === undefined || isOver) {
    return (
      <div>
        <dt>Toggl&apos;s hourly quota</dt>
        <dd>{isOver ? "All there again" : "Toggl has not named one"}</dd>
      </div>
    )
  }
  const { remaining, resetsAt } = quota
  const left = Math.max(0, remaining)
  const most = plans.find((plan) => plan >= left) ?? left
  return (
    <div>
      <dt>Toggl&apos;s hourly quota</dt>
      <dd>
        {count(left, "request")} left{resetsAt === undefined ? "" : `, all again at ${clock(resetsAt, now)}`}
        <Progress
          className={classes["meter"] ?? ""}
          value={(100 * left) / Math.max(1, most)}
          color={left < 10 ? "orange" : "plum"}
          size="sm"
          aria-label="What is left of the quota"
        />
      </dd>
    </div>
  )
}

const Kept = ({ isKept }: { readonly isKept: boolean | undefined }) => {
  const toggl = useToggl()
  const say = useSay()
  const ask = () =>
    void toggl.persist().then(
      (granted) =>
        say({
          text:
            granted === true
              ? "The browser keeps what is stored here, also when space is short."
              : "The browser has not promised it. Installing the app, or a bookmark, may help."
        }),
      (thrown: unknown) => say({ text: sentence(thrown), isBad: true })
    )
  return (
    <div>
      <dt>Kept by the browser</dt>
      <dd>
        {isKept === true
          ? "Yes, also when space is short"
          : isKept === false
            ? "Not promised: it may clear what is here when space is short"
            : "This browser does not say"}
        {isKept !== true && (
          <Button size="compact-sm" variant="default" className={classes["ask"] ?? ""} onClick={ask}>
            Ask it to
          </Button>
        )}
      </dd>
    </div>
  )
}

/** Changes in databases that no version of this app opens any more, as after it was moved to another address. */
const Others = ({ person }: { readonly person: Person }) => {
  const toggl = useToggl()
  const say = useSay()
  const [found, setFound] = useState<ReadonlyArray<OtherOutbox>>([])
  const look = useCallback(
    () =>
      void toggl
        .others()
        .then((all) => setFound(all.filter(({ userId }) => String(userId) === person.account)))
        .catch(() => undefined),
    [toggl, person.account]
  )
  useEffect(look, [look])
  const take = (other: OtherOutbox) =>
    void toggl.takeOver(other).then(
      (n) => {
        say({ text: `${count(n, "change")} came over.` })
        look()
      },
      (thrown: unknown) => say({ text: sentence(thrown), isBad: true })
    )
  return found.map((other) => (
    <div key={`${other.baseUrl} ${other.account}`} className={page["warning"]}>
      <Text size="sm">
        {count(other.waiting + other.refused, "change")} of yours from {other.baseUrl}{" "}
        {other.waiting + other.refused === 1 ? "is" : "are"} on this device, and nobody sends{" "}
        {other.waiting + other.refused === 1 ? "it" : "them"}.
      </Text>
      <Button size="compact-sm" variant="default" mt="xs" onClick={() => take(other)}>
        Take over
      </Button>
    </div>
  ))
}
