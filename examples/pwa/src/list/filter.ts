import type { ClientView } from "effect-toggl-clients/promise"

export type Shown = "active" | "archived" | "both"

export const labels: Readonly<Record<Shown, string>> = { active: "Active", archived: "Archived", both: "All" }

// letters that Unicode takes for letters of their own, and a keyboard may lack
const alike: Readonly<Record<string, string>> = {
  ł: "l",
  ø: "o",
  đ: "d",
  ð: "d",
  þ: "th",
  ı: "i",
  ß: "ss",
  æ: "ae",
  œ: "oe"
}

const folded = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[łøđðþıßæœ]/g, (letter) => alike[letter] ?? letter)

// of each client once: the objects stay the same until the client changes
const texts = new WeakMap<ClientView, string>()

const textOf = (client: ClientView): string => {
  const known = texts.get(client)
  if (known !== undefined) return known
  const text = folded(`${client.name}\n${client.notes}`)
  texts.set(client, text)
  return text
}

/** The one with the key `kept`, which is being changed, and the clients of a status whose name or notes hold the words, in any case and with or without accents. */
export const matching = (
  clients: ReadonlyArray<ClientView>,
  shown: Shown,
  search: string,
  kept: string | undefined
): ReadonlyArray<ClientView> => {
  const words = folded(search)
    .split(/\s+/)
    .filter((word) => word !== "")
  if (shown === "both" && words.length === 0) return clients
  return clients.filter(
    (client) =>
      client.key === kept ||
      ((shown === "both" || client.archived === (shown === "archived")) &&
        words.every((word) => textOf(client).includes(word)))
  )
}
