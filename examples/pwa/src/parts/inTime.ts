// A storage may never answer, and what asks it is to go on all the same.
const patience = 5_000

/** What comes of it in time; `undefined` where it fails, or takes longer. */
export const inTime = <A>(work: Promise<A>): Promise<A | undefined> =>
  Promise.race([
    work.catch(() => undefined),
    new Promise<undefined>((resolve) => {
      setTimeout(() => resolve(undefined), patience)
    })
  ])
