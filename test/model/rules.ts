/**
 * The rules that keep one entry from stopping the rest, and anything from being taken for ours that may not be: each with
 * what the source is without it, and a seed of the model that shows what breaks then.
 */
export interface Rule {
  readonly name: string
  /** The file under `src`, what stands there, and what stands there without the rule. */
  readonly changes: ReadonlyArray<readonly [file: string, from: string, to: string]>
  readonly law: string
  /** A seed of the normal run, or one of its short histories. */
  readonly seed: number | readonly [seed: number, short: number]
}

export const rules: ReadonlyArray<Rule> = [
  {
    name: "an older client of ours is not what was just made",
    changes: [
      ["replay/lookUp.ts", `if (age === "Before") return "No"`, ``],
      ["replay/lookUp.ts", `return age === "Since" || first.isListed ? "Yes" : "Perhaps"`, `return "Yes"`]
    ],
    law: "law 3",
    seed: 0
  },
  {
    name: "a client of another name is not it, however alike they are",
    changes: [
      [
        "replay/lookUp.ts",
        `perhapsOurs.filter((client) => sameName(client.name, sent.name))`,
        `perhapsOurs.filter((client) => foldName(client.name) === foldName(sent.name))`
      ]
    ],
    law: "law 3",
    seed: 0
  },
  {
    name: "a client that somebody else made is not it",
    changes: [
      [
        "replay/lookUp.ts",
        `if (client.creatorId !== undefined && userId !== undefined && client.creatorId !== userId) return "No"`,
        ``
      ]
    ],
    law: "law 3",
    seed: 0
  },
  {
    name: "a client with other notes may not be it",
    changes: [["replay/lookUp.ts", `client.archived || !sameNotes(client.notes, sent.notes)`, `client.archived`]],
    law: "law 3",
    seed: 0
  },
  {
    name: "a client that was known before is not it",
    changes: [["replay/lookUp.ts", `    .filter((client) => !knownIds.has(client.id))\n    .map(`, `    .map(`]],
    law: "law 3",
    seed: 0
  },
  {
    name: "what another create in doubt asks for is that one's",
    changes: [["replay/lookUp.ts", `!isOf(client, sent) && others.some(`, `[].some(`]],
    law: "law 3",
    seed: 0
  },
  {
    name: "what may be ours under another name is doubt",
    changes: [["replay/lookUp.ts", `return found.length <= mostRenamed ? found : []`, `return []`]],
    law: "law 3",
    seed: 0
  },
  {
    name: "a name that is taken may have been taken by an earlier copy of the same request",
    changes: [
      [
        "replay/attempt.ts",
        `if (entry === undefined || name === undefined || !isTaken(verdict)) return verdict`,
        `if (true) return verdict`
      ]
    ],
    law: "law 3",
    seed: 0
  },
  {
    name: "an answer about another client than was asked for is none",
    changes: [["wire/answer.ts", `isAsked(asked, client) && isIt(client)`, `true`]],
    law: "law 1",
    seed: 0
  },
  {
    name: "a create that is answered with a client that was here is not believed",
    changes: [["transactions/settle.ts", `if (there === undefined) return verdict`, `return verdict`]],
    law: "law 3",
    seed: 0
  },
  {
    name: "what is not Toggl's body ends no delete and no archive",
    changes: [
      ["wire/answer.ts", `return isDone ? Either.right(undefined) : `, `return true ? Either.right(undefined) : `]
    ],
    law: "law 1",
    seed: 0
  },
  {
    name: "an empty body is believed only where Toggl is known to give it",
    changes: [["wire/answer.ts", `holds(body, Predicate.isNull) && !mayBeEmpty(answer) ?`, `false ?`]],
    law: "law 1",
    seed: 0
  },
  {
    name: "an answer that may be a cache's proves nothing",
    changes: [["wire/call.ts", `const old = pastCaches === undefined ?`, `const old = true ?`]],
    law: "law 3",
    seed: 0
  },
  {
    name: "an attempt is looked up only when it can land no more",
    changes: [["instance/decide.ts", `return entry.state._tag === "Uncertain" ? millis : 0`, `return millis * 0`]],
    law: "law 3",
    seed: 0
  },
  {
    name: "only another change that got through sets an entry aside",
    changes: [["replay/book.ts", `stays || (isExhausted && isPassed)`, `stays || isExhausted`]],
    law: "law 4",
    seed: 0
  },
  {
    name: "where none has, another entry is tried in place of the head",
    changes: [
      ["instance/decide.ts", `if (!isExhausted(instance, head) || hasBeenPassed(instance, head)) return`, `return`]
    ],
    law: "law 4",
    seed: 0
  },
  {
    name: "nothing else is tried in a wait that is for all",
    changes: [["instance/decide.ts", `wait.stuck === true ? scouting`, `true ? scouting`]],
    law: "law 4",
    seed: 16
  },
  {
    name: "what is set aside is tried again",
    changes: [["instance/decide.ts", `if (entry?.state._tag !== "SetAside" || seq`, `if (seq < 1e9 || seq`]],
    law: "law 4",
    seed: 0
  },
  {
    name: "what cannot be booked of one entry stops no other",
    changes: [
      [
        "replay/book.ts",
        `if (Either.isLeft(settled)) return yield* unbooked(run, entries, settled.left)`,
        `if (Either.isLeft(settled)) return yield* Effect.fail(settled.left)`
      ]
    ],
    law: "law 4",
    seed: 0
  },
  {
    name: "what throws ends no replay",
    changes: [["replay/loop.ts", `Effect.catchAllDefect((defect) => afterDefect(rounds, defect))`, `(round) => round`]],
    law: "law 11",
    seed: 0
  },
  {
    name: "what was decided on before an edit is neither sent nor booked after it",
    changes: [["log/entry.ts", `return mutation._tag === known.mutation._tag && `, `return true || `]],
    law: "law 6",
    seed: 6
  },
  {
    name: "what an edit asks for and the attempt did not is sent too",
    changes: [["log/rest.ts", `if (sent === undefined) return undefined`, `if (true) return undefined`]],
    law: "law 6",
    seed: 0
  },
  {
    name: "who discards what is in doubt hears that it may have been applied",
    changes: [["log/entry.ts", `return isInDoubt && attemptOf(entry) !== undefined`, `return false`]],
    law: "law 5",
    seed: 0
  },
  {
    name: "a late answer is how a discarded create ends",
    changes: [["transactions/settle.ts", `if (before?.ending._tag !== "Discarded") return []`, `return []`]],
    law: "law 6",
    seed: 0
  },
  {
    name: "the user is checked where a change is marked and a list is stored",
    changes: [["transactions/user.ts", `if (owner !== undefined && owner !== user) return undefined`, ``]],
    law: "law 8",
    seed: 0
  }
]
