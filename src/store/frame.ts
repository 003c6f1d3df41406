// A second IndexedDB for a document whose own has lost its server.

/** A blank frame of the page's own origin. */
export interface Frame {
  readonly indexedDb: () => IDBFactory
  /** Calls `listener` when the page takes the frame away, as an app does that writes its document anew. */
  readonly onRemoval: (listener: () => void) => void
  readonly remove: () => void
}

/**
 * A fresh frame. WebKit's network process, which serves IndexedDB, is back at once where it has died; but no document that
 * was there finds it again before it is loaded anew, and a frame is a new document. It stands where nobody looks for
 * anything, shows nothing, and needs no style or source, so that no policy of the page forbids it. `undefined`: there is no
 * document, as in a worker.
 */
export const freshFrame = (): Frame | undefined => {
  if (!("document" in globalThis)) return undefined
  const frame = document.createElement("iframe")
  frame.hidden = true
  document.documentElement.append(frame)
  const { contentWindow } = frame
  if (contentWindow === null) return undefined
  return {
    indexedDb: () => contentWindow.indexedDB,
    onRemoval: (listener) => {
      contentWindow.addEventListener("pagehide", listener)
    },
    remove: () => {
      frame.remove()
    }
  }
}

/** Whether this is a worker, which nothing but a reload helps then. */
export const isWorker = (): boolean => "WorkerGlobalScope" in globalThis
