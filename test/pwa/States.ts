/**
 * The app in each of its main states, for who looks at it: the screenshots, and axe.
 *
 * @since 0.1.0
 */
import type { Page } from "playwright-core"
import type { DemoChange } from "../../examples/pwa/server/contract.js"

/** Changes the demo's Toggl as the panel for the curious does: each of the app's tabs hears of it. */
export const demo = async (page: Page, change: DemoChange): Promise<void> => {
  const status: unknown = await page.evaluate(`(async () => {
    const answer = await fetch(new URL("api/demo", document.baseURI), {
      method: "POST",
      headers: { "content-type": "application/json", "x-toggl-clients": "test" },
      body: ${JSON.stringify(JSON.stringify(change))}
    })
    new BroadcastChannel("toggl-clients-demo").postMessage("changed")
    return answer.status
  })()`)
  if (status !== 200) throw new Error(`the demo answered ${String(status)}`)
}

/** Signs in as one of the demo's users, from the page that asks for it. */
export const signIn = async (page: Page, name = "Ada"): Promise<void> => {
  await page.getByRole("button", { name }).click()
  await page.getByRole("grid", { name: "Clients" }).waitFor()
}

/** Makes a client by the keyboard alone. */
export const make = async (page: Page, name: string, notes = ""): Promise<void> => {
  await page.keyboard.press("Escape")
  await page.getByRole("button", { name: "New client" }).click()
  const form = page.getByRole("form", { name: "New client" })
  await form.getByLabel("Name").fill(name)
  if (notes !== "") await form.getByLabel("Notes").fill(notes)
  await form.getByRole("button", { name: "Save" }).click()
  await row(page, name).waitFor()
  await page.keyboard.press("Escape")
}

/** The row of a client. */
export const row = (page: Page, name: string) => page.getByRole("row").filter({ hasText: name })

/** Renames a client where it stands. */
export const rename = async (page: Page, name: string, to: string): Promise<void> => {
  await row(page, name).click()
  const form = page.getByRole("form", { name: `Change ${name}` })
  await form.getByLabel("Name").fill(to)
  await form.getByRole("button", { name: "Save" }).click()
}

/** The line at the foot. */
export const line = (page: Page) => page.getByRole("contentinfo")

/** It says that. */
export const says = (page: Page, text: RegExp | string): Promise<void> => line(page).filter({ hasText: text }).waitFor()

/** A notice says that. */
export const notice = (page: Page, text: RegExp | string): Promise<void> =>
  page.getByRole("status").filter({ hasText: text }).first().waitFor()

/** The demo is offline, or online again, and the page knows. */
export const setOffline = async (page: Page, offline: boolean): Promise<void> => {
  await demo(page, { set: { offline } })
  await page.waitForFunction(`navigator.onLine === ${String(!offline)}`)
}

const outbox = async (page: Page): Promise<void> => {
  await line(page).getByRole("link").click()
  await page.getByRole("heading", { name: "Outbox" }).waitFor()
}

const offlineWithChanges = async (page: Page): Promise<void> => {
  await setOffline(page, true)
  await make(page, "Acorn & Oak", "Starts in May")
  await rename(page, "Ember & Oak Restaurant", "Ember & Oak")
  await make(page, "Nimbus Weather Apps")
  await says(page, /Offline: 3 changes wait/)
}

const refused = async (page: Page): Promise<void> => {
  await setOffline(page, true)
  await make(page, "Acorn & Oak", "Starts in May")
  await rename(page, "Ember & Oak Restaurant", "Ember & Oak")
  // nobody waits for an answer any more: what is refused then is the outbox's
  await says(page, /Offline: 2 changes wait/)
  const workspaceId = 2230581
  await demo(page, { colleagueTakes: "Acorn & Oak", workspaceId })
  await setOffline(page, false)
  await says(page, /1 change needs you/)
}

/** From a fresh page at the app's address to the state. */
export const states: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  "sign-in": async (page) => {
    await page.getByRole("button", { name: "Ada" }).waitFor()
  },
  list: async (page) => {
    await signIn(page)
  },
  pending: async (page) => {
    await signIn(page)
    await offlineWithChanges(page)
  },
  editing: async (page) => {
    await signIn(page)
    await row(page, "Müller & Söhne").click()
    await page.getByRole("form", { name: /Change/ }).waitFor()
  },
  sending: async (page) => {
    await signIn(page)
    await demo(page, { set: { slow: true } })
    for (const name of ["Birch Bikes", "Cedar Cinema", "Dune Data"]) {
      await page.getByRole("button", { name: "New client" }).click()
      const form = page.getByRole("form", { name: "New client" })
      await form.getByLabel("Name").fill(name)
      await form.getByRole("button", { name: "Save" }).click()
    }
    await page.keyboard.press("Escape")
    await says(page, /Sending 1 of/)
  },
  "outbox-waiting": async (page) => {
    await signIn(page)
    await offlineWithChanges(page)
    await outbox(page)
    await page.getByText("Create Acorn & Oak").waitFor()
  },
  "outbox-refused": async (page) => {
    await signIn(page)
    await refused(page)
    await outbox(page)
    await page.getByLabel("Another name").waitFor()
  },
  quota: async (page) => {
    await signIn(page)
    await demo(page, { set: { quotaUsedUp: true } })
    await page.getByRole("button", { name: "New client" }).click()
    const form = page.getByRole("form", { name: "New client" })
    await form.getByLabel("Name").fill("Birch Bikes")
    await form.getByRole("button", { name: "Save" }).click()
    await page.keyboard.press("Escape")
    await says(page, /Toggl asks to wait until/)
  },
  curious: async (page) => {
    await signIn(page)
    await page.getByRole("button", { name: "For the curious" }).click()
    await page.getByText("What reaches Toggl").waitFor()
  },
  delete: async (page) => {
    await signIn(page)
    await row(page, "Acme Studio").focus()
    await page.keyboard.press("Delete")
    await page.getByRole("dialog").waitFor()
  },
  "sign-out": async (page) => {
    await signIn(page)
    await offlineWithChanges(page)
    await page.getByRole("button", { name: "Account of Ada" }).click()
    await page.getByRole("menuitem", { name: /Sign out/ }).click()
    await page.getByRole("dialog").waitFor()
  },
  menu: async (page) => {
    await signIn(page)
    await page.getByRole("button", { name: "Account of Ada" }).click()
    await page.getByRole("menuitem", { name: "Keys and help" }).waitFor()
  },
  help: async (page) => {
    await signIn(page)
    await page.keyboard.press("?")
    await page.getByRole("dialog").waitFor()
  },
  empty: async (page) => {
    await signIn(page)
    await page.keyboard.press("/")
    await page.keyboard.type("no such client")
    await page.getByText("Nothing matches").waitFor()
  },
  undo: async (page) => {
    await signIn(page)
    await setOffline(page, true)
    await row(page, "Acme Studio").focus()
    await page.keyboard.press("Delete")
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click()
    await page.getByRole("button", { name: "Undo" }).waitFor()
    await page.getByRole("dialog").waitFor({ state: "detached" })
  },
  restore: async (page) => {
    await signIn(page)
    await page.getByText("Archived", { exact: true }).first().click()
    await row(page, "Vogel Optik").focus()
    await page.keyboard.press("a")
    const dialog = page.getByRole("dialog")
    await dialog.getByRole("radio", { name: "Only some" }).check()
    await dialog.getByRole("button", { name: "Restore" }).click()
    await dialog.getByText("Write ids of projects").waitFor()
  },
  "workspace-wrong": async (page) => {
    await signIn(page)
    await page.getByRole("button", { name: "Account of Ada" }).click()
    await page.getByRole("menuitem", { name: /Workspace/ }).click()
    const dialog = page.getByRole("dialog")
    await dialog.getByLabel("Workspace id").fill("Acme")
    await dialog.getByRole("button", { name: "Open" }).click()
    await dialog.getByText("A workspace's id is a whole number").waitFor()
  },
  "row-menu": async (page) => {
    await signIn(page)
    await page.getByRole("button", { name: "Actions for Acme Studio" }).click()
    await page.getByRole("menuitem", { name: "Archive" }).waitFor()
  },
  "sign-in-again": async (page) => {
    await signIn(page)
    await demo(page, { set: { signInRefused: true } })
    await make(page, "Acorn & Oak")
    await says(page, /Sign in again: 1 change waits/)
    await line(page).getByRole("button", { name: "Sign in" }).click()
    await page.getByRole("dialog").waitFor()
  }
}
