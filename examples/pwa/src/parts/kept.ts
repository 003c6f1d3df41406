// Small things that the browser keeps for the page, where it keeps anything: asking may throw.

export const keptIn = (storage: () => Storage, key: string): string | null => {
  try {
    return storage().getItem(key)
  } catch {
    return null
  }
}

export const keepIn = (storage: () => Storage, key: string, value: string): void => {
  try {
    storage().setItem(key, value)
  } catch {
    // it stays as it is where nothing can be kept
  }
}
