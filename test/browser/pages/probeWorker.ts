/**
 * The probe's service worker: fetches a path, stores the answer under a key, and answers what it got.
 *
 * @since 0.1.0
 */
import { put } from "./probeDatabase.js"

interface Task {
  readonly path: string
  readonly key: string
}

addEventListener("message", (event: MessageEvent<Task>) => {
  const { key, path } = event.data
  const answer = fetch(path)
    .then((response) => response.text())
    .then(async (text) => {
      await put(key, text)
      return text
    })
    .catch(String)
  void answer.then((text) => event.ports[0]?.postMessage(text))
})
