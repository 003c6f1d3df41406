/**
 * In the app's page where no driver of the browser's is: it does what a user does, by events of the page, and tells what is seen.
 */
import axe from "axe-core"
import type { DemoChange } from "../../../examples/pwa/server/contract.js"
import { expose } from "../../browser/PageBridge.js"

const nameOf = (element: Element): string =>
  (element.getAttribute("aria-label") ?? element.textContent).replaceAll(/\s+/g, " ").trim()

const all = (selector: string): ReadonlyArray<HTMLElement> =>
  [...document.querySelectorAll(selector)].flatMap((element) => (element instanceof HTMLElement ? [element] : []))

const rows = () => all("[role=row][data-key]")

const waitFor = async <A>(what: string, look: () => A | undefined): Promise<A> => {
  const end = performance.now() + 30_000
  for (;;) {
    const found = look()
    if (found !== undefined) return found
    if (performance.now() > end) throw new Error(`There is no ${what}: ${document.body.innerText.slice(0, 600)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const button = (name: string) =>
  waitFor(`button ${name}`, () => all("button, [role=button]").find((element) => nameOf(element).includes(name)))

const row = (name: string) => waitFor(`row ${name}`, () => rows().find((element) => nameOf(element).includes(name)))

/** As the browser does it when somebody types: React hears of it. */
const type = async (form: string, label: string, text: string): Promise<void> => {
  const field = await waitFor(
    `field ${label}`,
    () =>
      document.querySelector<HTMLInputElement>(`form[aria-label="${CSS.escape(form)}"] input[aria-label="${label}"]`) ??
      undefined
  )
  const value = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")
  value?.set?.call(field, text)
  field.dispatchEvent(new InputEvent("input", { bubbles: true, data: text }))
}

const save = async (form: string): Promise<void> => {
  const found = await waitFor(
    `form ${form}`,
    () => document.querySelector<HTMLFormElement>(`form[aria-label="${CSS.escape(form)}"]`) ?? undefined
  )
  found.requestSubmit()
}

const cancel = (form: string): void => {
  document
    .querySelector(`form[aria-label="${CSS.escape(form)}"] input`)
    ?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }))
}

const api = {
  userAgent: () => navigator.userAgent,
  signIn: async (name: string) => {
    const found = await button(name)
    found.click()
    await row("Acme Studio")
  },
  make: async (name: string) => {
    const found = await button("New client")
    found.click()
    await type("New client", "Name", name)
    await save("New client")
    await row(name)
    cancel("New client")
  },
  rename: async (name: string, to: string) => {
    const found = await row(name)
    found.click()
    await type(`Change ${name}`, "Name", to)
    await save(`Change ${name}`)
    await row(to)
  },
  /** Waits until the row is seen. */
  hasRow: async (name: string) => nameOf(await row(name)),
  /** Waits until the line at the foot says that. */
  says: (text: string) =>
    waitFor(`line ${text}`, () => {
      const line = document.querySelector("footer")?.textContent ?? ""
      return line.includes(text) ? line : undefined
    }),
  /** Waits until the service worker answers this page's requests. */
  isControlled: () => waitFor("service worker", () => (navigator.serviceWorker.controller === null ? undefined : true)),
  isOnline: () => navigator.onLine,
  change: async (change: DemoChange) => {
    const { status } = await fetch("/api/demo", {
      method: "POST",
      headers: { "content-type": "application/json", "x-toggl-clients": "test" },
      body: JSON.stringify(change)
    })
    new BroadcastChannel("toggl-clients-demo").postMessage("changed")
    return status
  },
  axe: async () => {
    const { passes, violations } = await axe.run()
    return {
      passes: passes.length,
      violations: violations.flatMap(({ id, nodes }) =>
        nodes.map(({ failureSummary, html }) => `${id}: ${html}: ${String(failureSummary)}`)
      )
    }
  }
}

export type Api = typeof api

expose(api)
