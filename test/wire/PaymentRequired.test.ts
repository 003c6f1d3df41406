// A 402 is about the hourly quota, which ends by itself, or about the plan, which does not.
import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as ServerAnswer from "../../src/wire/answer.js"
import type { AnswerHeaders } from "../../src/wire/headers.js"

const none: AnswerHeaders = {}
const remaining = (count: string): AnswerHeaders => ({ "x-toggl-quota-remaining": count })

/** The error's tag, and the time that it names in seconds. */
const meaning = (headers: AnswerHeaders, text: string): string => {
  const read = ServerAnswer.get({}, { status: 402, headers, text, now: 0 })
  if (Either.isRight(read)) return "done"
  const { left } = read
  if (left._tag !== "QuotaExceeded") return left._tag
  return left.retryAfter === undefined ? left._tag : `${left._tag} ${left.retryAfter / 1000}`
}

const meanings = (cases: ReadonlyArray<readonly [AnswerHeaders, string, string]>) => {
  for (const [headers, text, expected] of cases) assert.strictEqual(meaning(headers, text), expected, text)
}

describe("a 402 is of the quota", () => {
  it("by its words alone, where a proxy hides the headers", () =>
    meanings([
      [
        none,
        "You have hit your hourly limit for API calls. Your quota will reset in 1200 seconds.",
        // more is not believed of what has no request id
        "QuotaExceeded 600"
      ],
      [none, "You have hit your hourly limit", "QuotaExceeded"],
      [none, "Hourly API limit reached", "QuotaExceeded"],
      [none, "Quota exceeded", "QuotaExceeded"],
      [none, "QUOTA EXCEEDED.", "QuotaExceeded"],
      [none, '"Quota exceeded"', "QuotaExceeded"],
      [none, '{"message":"Quota exceeded"}', "QuotaExceeded"],
      [none, "API quota has been exceeded", "QuotaExceeded"],
      [none, "You have exceeded your quota", "QuotaExceeded"],
      [none, "Your request quota is used up", "QuotaExceeded"],
      [none, "Your quota will reset in 61 seconds", "QuotaExceeded 61"],
      [none, "The quota resets in 61 seconds.", "QuotaExceeded 61"],
      [none, "Only 30 requests per hour are allowed", "QuotaExceeded"],
      [none, "API rate limit exceeded", "QuotaExceeded"],
      [none, "Too many requests", "QuotaExceeded"]
    ]))

  it("where its words can mean nothing else, whatever it says of plans", () =>
    meanings([
      [none, "Hourly limit reached. Upgrade your plan for more requests.", "QuotaExceeded"],
      [none, "Quota exceeded: upgrade for a higher one.", "QuotaExceeded"],
      [none, "You have exceeded your quota. Upgrade your plan.", "QuotaExceeded"],
      [none, "Your quota will reset in 61 seconds. Other plans have a higher one.", "QuotaExceeded 61"],
      [none, "Your plan allows 30 requests per hour: upgrade it.", "QuotaExceeded"]
    ]))

  it("where none remains, and the words are unknown or missing", () =>
    meanings([
      [remaining("0"), "", "QuotaExceeded"],
      [remaining("-1"), "", "QuotaExceeded"],
      [remaining("0"), "Payment Required", "QuotaExceeded"],
      [remaining("-3"), "no more today", "QuotaExceeded"],
      [remaining("0"), "<html><body>Upgrade your plan</body></html>", "QuotaExceeded"]
    ]))
})

describe("a 402 is of the plan", () => {
  it("by its words, also where none of the quota remains: a wait would never end", () =>
    meanings(
      ["12", "0", "-1"].flatMap((count) =>
        [
          "The feature is not available for your current plan",
          "Feature not available, upgrade to unlock it",
          "Archiving clients is a feature of the premium plan.",
          "Only for premium workspaces",
          "Please upgrade",
          "Your subscription has ended",
          "Your trial is over",
          '{"message":"This is a paid feature"}',
          "The client quota of your plan is exceeded"
        ].map((text) => [remaining(count), text, "PlanRequired"] as const)
      )
    ))

  it("where nothing says that it is of the quota", () =>
    meanings([
      [none, "", "PlanRequired"],
      [none, "Payment Required", "PlanRequired"],
      [none, "Upgrade", "PlanRequired"],
      [remaining("12"), "no", "PlanRequired"],
      [remaining("soon"), "", "PlanRequired"]
    ]))
})

it("a time is read in whichever unit it is plainly named", () => {
  const named: ReadonlyArray<readonly [string, number | undefined]> = [
    ["Your quota will reset in 61 seconds", 61],
    ["Your quota will reset in 1 second.", 1],
    ["Quota exceeded, resets in 61s", 61],
    ["Quota exceeded, resets in 61 s.", 61],
    ["Quota exceeded (reset in 61 sec)", 61],
    ["Quota exceeded. Reset in: 61 secs", 61],
    ["Your quota will reset in 2 minutes", 120],
    ["Your quota will reset in 2 mins", 120],
    ["Your quota will reset in 1 min", 60],
    ["Your quota will reset in 2m", 120],
    ["Your quota will reset in 1 hour", 3600],
    ["Your quota will reset in 1h", 3600],
    ["Your quota will reset in 2 hrs", 7200],
    ["Your quota will reset in an hour", 3600],
    ["Your quota will reset in about a minute", 60],
    ["Your quota will reset in 1 minute and 1 second", 61],
    ["Your quota will reset in 1m1s", 61],
    ["Your quota will reset in 1h 1m 1s", 3661],
    ["Your quota will reset in 1 hour, 2 minutes, and 3 seconds", 3723],
    ["Your quota will reset in 1.5 minutes", 90],
    ["Your quota will reset in 1,200 seconds", 1200],
    ["Your quota will reset in 61000 milliseconds", 61],
    ["Your quota will reset in 61000ms", 61],
    ["Quota exceeded. Try again in 61 seconds", 61],
    ["Quota exceeded. Retry after 61 seconds", 61],
    ["Quota exceeded. Please wait 61 seconds", 61],
    ["In 61 seconds your quota will reset", 61],
    ["30 requests in 1 hour are too many: the quota will reset in 61 seconds", 61],
    ["Your quota will reset at 10:30", undefined],
    ["Your quota will reset in 61", undefined],
    ["Your quota will reset in 61 sheep", undefined],
    ["Your quota will reset soon", undefined],
    [`Your quota will reset in ${"9".repeat(400)} seconds`, undefined]
  ]
  for (const [text, seconds] of named) {
    const believed = seconds === undefined ? "" : ` ${Math.min(seconds, 3600)}`
    assert.strictEqual(meaning({ "x-toggl-request-id": "1" }, text), `QuotaExceeded${believed}`, text)
  }
})
