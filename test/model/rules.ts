import type { Theme } from "./Step.js"

/**
 * The rules that keep one entry from stopping the rest, and anything from being taken for ours that may not be: each with
 * what the source is without it.
 */
export interface Rule {
  readonly name: string
  /**
   * A history that breaks a law without it, and which law that is: the long or a short one of a seed of the normal run, or,
   * where none of them meets what the rule is for, the name of one that is kept and played beside them.
   */
  readonly shown: readonly [seed: number, history: Theme | "long"] | string
  readonly law: string
  /** The file under `src`, what stands there, and what stands there without the rule. */
  readonly changes: ReadonlyArray<readonly [file: string, from: string, to: string]>
}

export const rules: ReadonlyArray<Rule> = [
  {
    name: "an older client of ours is not what was just made",
    shown: [2, "namesakes"],
    law: "law 1",
    changes: [
      ["replay/lookUp.ts", `if (age === "Before") return "No"`, ``],
      ["replay/lookUp.ts", `return age === "Since" || first.isListed ? "Yes" : "Perhaps"`, `return "Yes"`]
    ]
  },
  {
    name: "a client of another name is not it, however alike they are",
    shown: [8, "namesakes"],
    law: "law 3",
    changes: [
      [
        "replay/lookUp.ts",
        `perhapsOurs.filter((client) => sameName(client.name, sent.name))`,
        `perhapsOurs.filter((client) => foldName(client.name) === foldName(sent.name))`
      ]
    ]
  },
  {
    name: "a client that somebody else made is not it",
    shown: [13, "namesakes"],
    law: "law 3",
    changes: [
      [
        "replay/lookUp.ts",
        `if (client.creatorId !== undefined && userId !== undefined && client.creatorId !== userId) return "No"`,
        ``
      ]
    ]
  },
  {
    name: "a client with other notes may not be it",
    shown: [2, "namesakes"],
    law: "law 3",
    changes: [["replay/lookUp.ts", `client.archived || !sameNotes(client.notes, sent.notes)`, `client.archived`]]
  },
  {
    name: "a client that was known before is not it",
    shown: [9, "namesakes"],
    law: "law 3",
    changes: [["replay/lookUp.ts", `    .filter((client) => !knownIds.has(client.id))\n    .map(`, `    .map(`]]
  },
  {
    name: "of creates in doubt that ask for the same the first has made it",
    shown: "of creates in doubt that asked for the same a later one took what the first had made",
    law: "law 3",
    changes: [["replay/lookUp.ts", `if (one?.ours === "Yes" && others.some(isOfOther)) {`, `if (false) {`]]
  },
  {
    name: "what may be ours under another name is doubt",
    shown: [1, "namesakes"],
    law: "law 3",
    changes: [["replay/lookUp.ts", `return found.length <= mostRenamed ? found : []`, `return []`]]
  },
  {
    name: "a name that is taken may have been taken by an earlier copy of the same request",
    shown: [12, "odd answers"],
    law: "law 3",
    changes: [
      [
        "replay/attempt.ts",
        `if (entry === undefined || name === undefined || !isTaken(verdict)) return verdict`,
        `if (true) return verdict`
      ]
    ]
  },
  {
    name: "what was seen of names since an attempt may be what that has made",
    shown: "a create was refused for a name that came up after its attempt, and was its own",
    law: "law 3",
    changes: [["replay/attempt.ts", `const wasSeen = !isKept &&`, `const wasSeen =`]]
  },
  {
    name: "an answer about another client than was asked for is none",
    shown: [6, "anything"],
    law: "law 10",
    changes: [["wire/answer.ts", `isAsked(asked, client) && isIt(client)`, `true`]]
  },
  {
    name: "a create that is answered with a client that was here is not believed",
    shown: [19, "anything"],
    law: "law 3",
    changes: [["transactions/settle.ts", `if (there === undefined) return verdict`, `return verdict`]]
  },
  {
    name: "what is not Toggl's body ends no delete and no archive",
    shown: [1, "second thoughts"],
    law: "law 1",
    changes: [
      ["wire/answer.ts", `return isDone ? Either.right(undefined) : `, `return true ? Either.right(undefined) : `]
    ]
  },
  {
    name: "an empty body is believed only where Toggl is known to give it",
    shown: [132, "odd answers"],
    law: "law 1",
    changes: [["wire/answer.ts", `holds(body, Predicate.isNull) && !mayBeEmpty(answer) ?`, `false ?`]]
  },
  {
    name: "what is looked up is asked past caches, and an answer that may be a cache's proves nothing",
    shown: [2, "odd answers"],
    law: "law 3",
    changes: [
      ["wire/call.ts", `pastCaches === undefined ? undefined : cached(`, `true ? undefined : cached(`],
      ["wire/call.ts", `pastCaches === undefined ? request : yield* unheard(request)`, `request`]
    ]
  },
  {
    name: "an attempt is looked up only when it can land no more",
    shown: [12, "namesakes"],
    law: "law 3",
    changes: [["instance/decide.ts", `return entry.state._tag === "Uncertain" ? millis : 0`, `return millis * 0`]]
  },
  {
    name: "only another change that got through sets an entry aside",
    shown: [4, "stuck"],
    law: "law 4",
    changes: [["replay/book.ts", `stays || (isExhausted && isPassed)`, `stays || isExhausted`]]
  },
  {
    name: "where none has, another entry is tried in place of the head",
    shown: [16, "stuck"],
    law: "law 4",
    changes: [
      ["instance/decide.ts", `if (!isExhausted(instance, head) || hasBeenPassed(instance, head)) return`, `return`]
    ]
  },
  {
    name: "nothing else is tried in a wait that is for all",
    shown: [116, "stuck"],
    law: "law 9",
    changes: [["instance/decide.ts", `wait.stuck === true ? scouting`, `true ? scouting`]]
  },
  {
    name: "what is set aside is tried again",
    shown: [70, "stuck"],
    law: "law 4",
    changes: [["instance/decide.ts", `if (entry?.state._tag !== "SetAside" || seq`, `if (seq < 1e9 || seq`]]
  },
  {
    name: "what cannot be booked of one entry stops no other",
    shown: [30, "stuck"],
    law: "law 4",
    changes: [
      [
        "replay/book.ts",
        `if (Either.isLeft(settled)) return yield* unbooked(run, entries, settled.left)`,
        `if (Either.isLeft(settled)) return yield* Effect.fail(settled.left)`
      ]
    ]
  },
  {
    name: "what throws ends no replay",
    shown: [14, "stuck"],
    law: "law 11",
    changes: [["replay/loop.ts", `Effect.catchAllDefect((defect) => afterDefect(rounds, defect))`, `(round) => round`]]
  },
  {
    name: "what an edit asks for and the attempt did not is sent too",
    shown: [55, "second thoughts"],
    law: "law 6",
    changes: [["log/rest.ts", `if (sent === undefined) return undefined`, `if (true) return undefined`]]
  },
  {
    name: "what was given up and may still land is waited for",
    shown: "what was sent behind a change that was given up came before it, which landed late",
    law: "law 2",
    changes: [["instance/decide.ts", `return Math.max(0, ...recent.map(`, `return Math.min(0, ...recent.map(`]]
  },
  {
    name: "who discards what is in doubt hears that it may have been applied",
    shown: [23, "odd databases"],
    law: "law 5",
    changes: [["log/entry.ts", `return isInDoubt && attemptOf(entry) !== undefined`, `return false`]]
  },
  {
    name: "a late answer is how a discarded create ends",
    shown: [31, "second thoughts"],
    law: "law 5",
    changes: [
      [
        "transactions/settle.ts",
        `if (!isMoved && before.ending._tag !== "Discarded") return []`,
        `if (!isMoved) return []`
      ]
    ]
  },
  {
    name: "the user is checked where a change is marked and a list is stored",
    shown: [95, "accounts"],
    law: "law 8",
    changes: [["transactions/user.ts", `if (owner !== undefined && owner !== user) return undefined`, ``]]
  },
  {
    name: "what a gateway says of what it has passed on tells nothing of whether it was done",
    shown:
      "what a gateway said of a create counted as not done, and it was made again after a colleague had renamed it",
    law: "law 3",
    changes: [["transactions/settle.ts", `return !gatewayStatuses.includes(error.status)`, `return true`]]
  },
  {
    name: "what was decided on before an edit is neither sent nor booked after it",
    shown: "what was decided on before an edit was booked after it",
    law: "law 6",
    changes: [["log/entry.ts", `return mutation._tag === known.mutation._tag && `, `return true || `]]
  },
  {
    name: "where nothing tells a cache's answer, a create that is refused is looked up twice",
    shown: "a create that the browser sent twice was refused, for a cache that another tab had filled did not show it",
    law: "law 3",
    changes: [["replay/lookUp.ts", `(latest) => latest === undefined)`, `() => false)`]]
  },
  {
    name: "a create is sent again only after a second list, where a cache's answer may pass for Toggl's",
    shown: "a create was sent a second time on the word of what a cache had kept",
    law: "law 3",
    changes: [["replay/lookUp.ts", `isToBeSent && mayBeDeceived &&`, `isToBeSent && false &&`]]
  },
  {
    name: "what other changes of the store have made is known",
    shown: "a change that was set aside together with the create that it depends on was tried before it",
    law: "law 3",
    changes: [["replay/lookUp.ts", `const known = new Set(made())`, `const known = new Set<ClientId>()`]]
  },
  {
    name: "what another create in doubt asks for is that one's",
    shown: "a change that was set aside together with the create that it depends on was tried before it",
    law: "law 3",
    changes: [["replay/lookUp.ts", `!isOf(client, sent) && others.some(`, `[].some(`]]
  },
  {
    name: "the same answer to the same question again is a cache's",
    shown: "a create that the browser sent twice was refused, for a cache gave the list of just before twice",
    law: "law 3",
    changes: [
      [
        "wire/call.ts",
        `heard.isSameAgain(question, answer.headers) && isSecond`,
        `heard.isSameAgain(question, answer.headers) && false`
      ]
    ]
  },
  {
    name: "what is set aside stays so while it is tried in vain",
    shown: "what was set aside came before all others again, for Toggl named a time when it was tried",
    law: "law 4",
    changes: [["replay/book.ts", ` || (isProbe && first.failingSince !== undefined)`, ``]]
  },
  {
    name: "what has failed often at the head counts once among what is tried in its place",
    shown: "a change was never tried in place of one that is stuck, for another had failed as often as the head",
    law: "law 4",
    changes: [["instance/decide.ts", `failures > settings.setAsideAfter ? 1 : failures`, `failures`]]
  },
  {
    name: "where the end of a step leaves doubt the log is asked",
    shown: [2, "odd storage"],
    law: "law 1",
    changes: [
      [
        "outbox/accept.ts",
        `mayBeStored(error) ? Effect.map(lookedFor(instance, draft, reads, error), heard) : Effect.fail(error)`,
        `Effect.fail(mayBeStored(error) ? undone(error) : error)`
      ]
    ]
  },
  {
    name: "who changes something hears in time, whatever the store does",
    shown: [4, "odd storage"],
    law: "law 11",
    changes: [["instance/inTime.ts", `=> within(instance, effect, duration, unknownEnd)`, `=> effect`]]
  },
  {
    name: "who waits for what is gone hears in time, whatever the store does",
    shown: [158, "odd storage"],
    law: "law 11",
    changes: [["outbox/submit.ts", `isLast ? readAtLast(instance, reading) : readInTime(instance, reading)`, `reading`]]
  },
  {
    name: "what went with its database is told",
    shown: [62, "odd storage"],
    law: "law 12",
    changes: [["instance/log.ts", `if (!left.has(id)) this.lost.add(id)`, `void left.has(id)`]]
  },
  {
    name: "what is gone is spoken of as queued by nobody",
    shown: [2, "odd storage"],
    law: "law 1",
    changes: [
      [
        "outbox/submit.ts",
        `return tab.onWire.has(entry.id) && !isLast ? undefined : whenGone(instance, entry)`,
        `return undefined`
      ]
    ]
  },
  {
    name: "what is moved is kept until it is in safety",
    shown: [122, "odd storage"],
    law: "law 5",
    changes: [["transactions/move.ts", `  for (const entry of leaving) yield* keep(entry)\n`, ``]]
  },
  {
    name: "an older file tells nothing of what has been tried since",
    shown: "a file that was made before a create was tried brought it back as one never tried",
    law: "law 3",
    changes: [
      ["transactions/move.ts", `if (own !== undefined && (isOld || own.attempts > row.attempts)) return own`, ``]
    ]
  },
  {
    name: "a second delete of what never left is done",
    shown: [15, "odd times"],
    law: "law 3",
    changes: [["read/views.ts", `if (log.isGone(id)) return "Gone"`, ``]]
  },
  {
    name: "a store that does not answer is no empty one",
    shown: [9, "odd databases"],
    law: "law 1",
    changes: [
      ["outbox/unsaved.ts", `if (storage.reason === "Stalled") return notSaved(mutation, storage)`, ``],
      ["outbox/unsaved.ts", `const isUnread = Either.isLeft(read) && !hasNoLog(read.left)`, `const isUnread = false`]
    ]
  },
  {
    name: "what is taken over is gone where it was",
    shown: [5, "odd databases"],
    law: "law 5",
    changes: [
      ["outbox/others.ts", `    yield* Effect.ignore(there.release(new Set(taken.rows.map(({ id }) => id))))\n`, ``]
    ]
  },
  {
    name: "what the browser says to being asked is told",
    shown: [3, "odd databases"],
    law: "law 12",
    changes: [["outbox/persistence.ts", `tab.persisted = persisted`, `void persisted`]]
  },
  {
    name: "a list takes away only what it surely shows to be gone",
    shown: [13, "odd times"],
    law: "law 6",
    changes: [["log/listed.ts", `!shown.has(id) && (mayMiss || unread.has(id))`, `!shown.has(id) && false`]]
  },
  {
    name: "a view says what the list has left out",
    shown: [13, "odd times"],
    law: "law 6",
    changes: [["read/shared.ts", `workspaceOf(this.log.state, this.workspaceId).leftOut ?? 0`, `0`]]
  },
  {
    name: "what is absurd is no time",
    shown: [5, "odd times"],
    law: "law 9",
    changes: [["error/base.ts", `Math.min(millis, isTogglsOwn(answer) ? longest : longestOfPage)`, `millis`]]
  },
  {
    name: "after a sleep Toggl is asked for its time",
    shown: [24, "odd times"],
    law: "law 9",
    changes: [["instance/decide.ts", `  ...(mayBeOver(instance, wait, now) ? { mayBeOver: wait } : {})\n`, ``]]
  },
  {
    name: "a request that never left leaves nothing in doubt",
    shown: [5, "odd times"],
    law: "law 3",
    changes: [
      [
        "wire/disposition.ts",
        `error.reason === "Offline" || isUnsent(error) ? "NeverLeft"`,
        `error.reason === "Offline" ? "NeverLeft"`
      ]
    ]
  },
  {
    name: "what is said of requests alone is their quota, and not the plan",
    shown: [16, "odd times"],
    law: "law 9",
    changes: [["wire/paymentRequired.ts", `  if (isSurelyQuota(text)) return true\n`, ``]]
  },
  {
    name: "an id is unknown only to who has read the log anew",
    shown: [101, "odd times"],
    law: "law 3",
    changes: [["read/views.ts", `readInTime(instance, mirror.reread)`, `readInTime(instance, mirror.sync)`]]
  },
  {
    name: "the copy that is held follows what this tab writes into it",
    shown: [1, "anything"],
    law: "law 6",
    changes: [["instance/copies.ts", `clients.set(client.id, client)`, ``]]
  },
  {
    name: "what a client's changes come to is worked out anew when one of them ends",
    shown: [1, "anything"],
    law: "law 6",
    changes: [["instance/log.ts", `this.sums.delete(this.resolve(id) ?? id)`, ``]]
  },
  {
    name: "a worker that the browser wakes ends no sign-out",
    shown: [15, "doors"],
    law: "law 8",
    changes: [["instance/signIn.ts", `  if (background.isWoken) return false\n`, ``]]
  },
  {
    name: "a flush counts as sent what Toggl has",
    shown: [3, "doors"],
    law: "law 12",
    changes: [
      ["outbox/flush.ts", `if (ending?.ending._tag === "Done") sent++`, `if (ending?.ending._tag !== "Refused") sent++`]
    ]
  },
  {
    name: "a flush ends no time that Toggl has named",
    shown: [39, "doors"],
    law: "law 9",
    changes: [
      [
        "outbox/flush.ts",
        `Effect.zipRight(mirror.unwritable(undefined), wakeAnew(instance, "User"))`,
        `Effect.zipRight(Effect.sync(() => log.state.wait && instance.deadlines.waits.end(log.state.wait.seenAt + " " + log.state.wait.length)), wakeAnew(instance, "User"))`
      ]
    ]
  },
  {
    name: "a flush tries now what backs off",
    shown: [51, "doors"],
    law: "law 4",
    changes: [["outbox/flush.ts", `pushes++ === 0 ?`, `pushes++ < 0 ?`]]
  },
  {
    name: "no timer asks again for what is kept fresh",
    shown: [81, "doors"],
    law: "law 4",
    changes: [
      [
        "read/fresh.ts",
        `(kept.again ? look(instance, workspaceId, kept) : Effect.void)`,
        `kept.refresh._tag === "Failed" ? Effect.delay(look(instance, workspaceId, kept), 60_000) : Effect.void`
      ]
    ]
  },
  {
    name: "what is fresh is not asked for again",
    shown: [9, "doors"],
    law: "law 9",
    changes: [
      ["read/fresh.ts", `fetchedAt !== undefined && now >= fetchedAt`, `fetchedAt !== undefined && now < fetchedAt`]
    ]
  },
  {
    name: "credentials that are refused stop no queue",
    shown: [3, "doors"],
    law: "law 4",
    changes: [
      [
        "account/signIn.ts",
        `signIn: afterRefusal(state.signIn ?? lastRefused, wall)\n`,
        `signIn: afterRefusal(state.signIn ?? lastRefused, wall), paused: "SignInNeeded"\n`
      ]
    ]
  },
  {
    name: "what is said of the credentials of before tells nothing to who signs in",
    shown: [99, "doors"],
    law: "law 12",
    changes: [
      [
        "outbox/signIn.ts",
        `zipRight(Effect.uninterruptible(credentialsChanged(instance)), tried(instance))`,
        `zipRight(Effect.void, tried(instance))`
      ]
    ]
  },
  {
    name: "who signs in hears in time, whatever the store does",
    shown: "who signed in heard nothing for as long as the store did not answer",
    law: "law 11",
    changes: [
      [
        "outbox/repair.ts",
        `tapError(writtenSoon(instance, change(instance, signedIn)), () =>`,
        `tapError(change(instance, signedIn), () =>`
      ]
    ]
  },
  {
    name: "who waits for a sign-in asks nothing before the time that it was told",
    shown: "credentials were tried before a time that Toggl had named to who signed in with them",
    law: "law 9",
    changes: [["account/identity.ts", `      if (named !== undefined) return { _tag: "Unknown", error: named }\n`, ``]]
  }
]

/**
 * Rules that no history shows since a named time is looked at each minute, or since the refusals of a woken worker are noted
 * nowhere: those that did have taken another course. They are to be laid out anew.
 */
export const unshown: ReadonlyArray<Omit<Rule, "shown">> = [
  {
    name: "a wait ends when what comes next may have become another one",
    law: "law 12",
    changes: [["instance/decide.ts", `millis: Math.min(wait.millis, soonest) })`, `millis: wait.millis })`]]
  },
  {
    name: "what is tried in spite of a wait shows in the status",
    law: "law 12",
    changes: [["outbox/status.ts", `(isSending(log) || tab.isForced)`, `isSending(log)`]]
  },
  {
    name: "what was not asked of credentials is over once Toggl has accepted others",
    law: "law 12",
    changes: [
      [
        "instance/signIn.ts",
        `refused?.isUntried === true && log.state.signIn === undefined ? undefined : refused`,
        `refused`
      ]
    ]
  }
]
