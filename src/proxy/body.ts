// Bodies, read as they come and up to a limit, whatever their length is said to be.

/**
 * All of it; `undefined` where it is larger than the limit. What is left of an answer is given back; not so of a
 * request, for that may close the connection on which its answer is to go.
 */
export const read = async (
  body: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  limit: number,
  preventCancel = false
): Promise<Blob | undefined> => {
  const chunks: Array<Uint8Array<ArrayBuffer>> = []
  let size = 0
  for await (const chunk of body?.values({ preventCancel }) ?? []) {
    size += chunk.length
    if (size > limit) return undefined
    chunks.push(chunk)
  }
  return new Blob(chunks)
}

/** The text, where it is UTF-8 and JSON of an object or an array, or nothing at all. */
export const jsonIn = (bytes: ArrayBuffer): string | undefined => {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes)
    return text === "" || JSON.parse(text) instanceof Object ? text : undefined
  } catch {
    return undefined
  }
}
