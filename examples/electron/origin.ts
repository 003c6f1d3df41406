// Where the app's pages come from, and where what they keep lies. The outbox belongs to this origin and to this folder: change any of
// these three, and what waits there stays behind.

export const scheme = "app"
export const host = "clients"
export const folderName = "toggl-clients"

export const origin = `${scheme}://${host}`

/** As little as a page needs: an origin of its own, IndexedDB and Web Locks, and `fetch`. */
export const privileges = { standard: true, secure: true, supportFetchAPI: true } as const

/** Whether an address is one of this app's. Other hosts of the scheme are not. */
export const isOurs = (url: string): boolean => {
  try {
    const parsed = new URL(url)
    return parsed.protocol === `${scheme}:` && parsed.host === host && parsed.username + parsed.password === ""
  } catch {
    return false
  }
}
