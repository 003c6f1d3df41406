// The names of what main and a page say to each other.

export const channels = {
  /** From a page: the token. Main answers as `api/session` does. */
  signIn: "desktop:sign-in",
  signOut: "desktop:sign-out",
  /** From main: send what waits. With a number that is to come back. */
  flush: "desktop:flush",
  flushed: "desktop:flushed"
} as const
