/** What went wrong, as a sentence for the user. The library's errors have one each. */
export const sentence = (thrown: unknown): string =>
  thrown instanceof Error && thrown.message !== ""
    ? thrown.message
    : "Something went wrong that has no name. Try again."

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
