// The playground's page can do nothing without its service worker, which is its server.

/** Whether the worker answers this page's requests; if not, a sentence for the user. */
export type Control = { readonly _tag: "Controlled" } | { readonly _tag: "Impossible"; readonly message: string }

const impossible = (message: string): Control => ({ _tag: "Impossible", message })

const patience = 20_000

const controllerOf = (container: ServiceWorkerContainer): Promise<void> =>
  new Promise((resolve) => {
    const look = () => {
      if (container.controller !== null) resolve()
    }
    container.addEventListener("controllerchange", look)
    look()
  })

const late = (millis: number): Promise<"late"> =>
  new Promise((resolve) => {
    setTimeout(() => resolve("late"), millis)
  })

/**
 * Starts the worker where it does not run yet, and waits until it answers this page's requests: call it before the app is drawn. A page
 * that was loaded past the worker (a hard reload) asks it to come.
 */
export const whenControlled = async (): Promise<Control> => {
  // no type says so, but an insecure page has none, and neither has a private window of some browsers
  if (!("serviceWorker" in navigator)) {
    return impossible(
      "The playground needs a service worker, and there is none here. Open it over https, and not in a private window."
    )
  }
  const { serviceWorker } = navigator
  if (serviceWorker.controller !== null) return { _tag: "Controlled" }
  try {
    await serviceWorker.register(new URL("worker.js", document.baseURI))
  } catch {
    return impossible(
      "The playground needs a service worker, and the browser did not start it. Allow this site to store data, and load the page again."
    )
  }
  const asked = serviceWorker.ready.then(async ({ active }) => {
    active?.postMessage({ type: "CLAIM" })
    await controllerOf(serviceWorker)
  })
  return (await Promise.race([asked, late(patience)])) === "late"
    ? impossible("The playground's service worker does not answer. Load the page again.")
    : { _tag: "Controlled" }
}
