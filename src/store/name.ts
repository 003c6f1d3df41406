// The names of databases: one for each account and base URL.
import * as Either from "effect/Either"

const prefix = "effect-toggl-clients"

/** The name of the account's database: another account, or the same at another base URL, has another. */
export const databaseName = (account: string, baseUrl: string): string =>
  `${prefix} ${baseUrl} ${encodeURIComponent(account)}`

/** Whose database it is by its name; `undefined`: none of ours. */
export const ownerOf = (name: string): { readonly account: string; readonly baseUrl: string } | undefined => {
  const [first, baseUrl, encoded, ...more] = name.split(" ")
  if (first !== prefix || baseUrl === undefined || encoded === undefined || more.length > 0) return undefined
  const account = Either.try(() => decodeURIComponent(encoded))
  return Either.isRight(account) && account.right !== "" ? { account: account.right, baseUrl } : undefined
}
