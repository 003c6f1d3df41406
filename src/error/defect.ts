// What is told of an exception that nobody expected.

/** The name of what was thrown. Nothing else of it is told, for it may hold a secret. */
export const nameOf = (defect: unknown): string => {
  const name = defect instanceof Error ? defect.name : undefined
  return typeof name === "string" && /^\w{1,60}$/.test(name) ? name : typeof defect
}
