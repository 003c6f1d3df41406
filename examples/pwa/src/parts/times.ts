const time = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" })
const day = new Intl.DateTimeFormat(undefined, { weekday: "short", hour: "numeric", minute: "2-digit" })
const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "numeric", minute: "2-digit" })

const hours = 3_600_000

/** When it was or will be, as one would say it: `14:05`, `Tue 14:05`, `3 Nov, 14:05`. */
export const clock = (at: number, now: number): string => {
  const apart = Math.abs(at - now)
  if (new Date(at).toDateString() === new Date(now).toDateString()) return time.format(at)
  return (apart < 6 * 24 * hours ? day : date).format(at)
}

/** In how long: `12 s`, `5 min`, and as a time of day where it is longer. */
export const until = (at: number, now: number): string => {
  const seconds = Math.max(1, Math.ceil((at - now) / 1000))
  if (seconds < 60) return `in ${seconds} s`
  return `at ${clock(at, now)}`
}

export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString()} ${n === 1 ? one : many}`
