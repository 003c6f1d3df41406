import { afterAll, assert, describe, it } from "@effect/vitest"
import { symlinkSync } from "node:fs"
import { join } from "node:path"
import { files } from "../../examples/electron/files.ts"
import { answering } from "../../examples/electron/scheme.ts"
import { temporary } from "./Played.ts"

// The app's files over the scheme: each with its type, and none from elsewhere.

const place = temporary()
afterAll(place.remove)

const types: Readonly<Record<string, string>> = {
  "index.html": "text/html; charset=utf-8",
  "assets/main.js": "text/javascript; charset=utf-8",
  "assets/main.js.map": "application/json",
  "assets/more.mjs": "text/javascript; charset=utf-8",
  "assets/styles.css": "text/css; charset=utf-8",
  "assets/font.woff2": "font/woff2",
  "icon.svg": "image/svg+xml",
  "icon.PNG": "image/png",
  "favicon.ico": "image/x-icon",
  "manifest.webmanifest": "application/manifest+json",
  "data.json": "application/json",
  "a name, with 100%.txt": "text/plain; charset=utf-8",
  "core.wasm": "application/wasm",
  "unknown.bin": "application/octet-stream"
}
for (const path of Object.keys(types)) place.write(`app/${path}`, `this is ${path}`)
place.write("secret.txt", "secret")
place.write("app-other/secret.txt", "secret")
symlinkSync(join(place.folder, "secret.txt"), join(place.folder, "app/linked.txt"))
symlinkSync(join(place.folder, "app-other"), join(place.folder, "app/linked"))

const serve = answering(files(join(place.folder, "app")), async () => new Response("the API"))
const get = (url: string, init?: RequestInit) => serve(new Request(url, init))
const page = "this is index.html"

describe("a file of the app", () => {
  for (const [path, type] of Object.entries(types)) {
    it(`${path} is ${type}`, async () => {
      const answer = await get(`app://clients/${encodeURIComponent(path).replaceAll("%2F", "/")}`)
      assert.deepStrictEqual([answer.status, answer.headers.get("content-type")], [200, type])
      assert.strictEqual(await answer.text(), `this is ${path}`)
      assert.strictEqual(answer.headers.get("x-content-type-options"), "nosniff")
    })
  }

  it("has no body for HEAD, and is not written to", async () => {
    const head = await get("app://clients/icon.svg", { method: "HEAD" })
    assert.deepStrictEqual(
      [head.status, head.headers.get("content-type"), await head.text()],
      [200, "image/svg+xml", ""]
    )
    for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
      const answer = await get("app://clients/icon.svg", { method })
      assert.deepStrictEqual([answer.status, answer.headers.get("allow")], [405, "GET, HEAD"])
    }
  })

  it("whatever stands behind the question mark", async () => {
    assert.strictEqual(await (await get("app://clients/icon.svg?v=7&x=../../secret.txt")).text(), "this is icon.svg")
  })
})

describe("the page", () => {
  for (const path of ["", "/", "/clients", "/clients/7", "/outbox/", "/index.html", "/?client=7", "/apiary"]) {
    it(`is at app://clients${path}`, async () => {
      const answer = await get(`app://clients${path}`)
      assert.deepStrictEqual([answer.status, await answer.text()], [200, page])
    })
  }

  it("runs no script but the app's own, and stands in no frame", async () => {
    const policy = (await get("app://clients/")).headers.get("content-security-policy") ?? ""
    assert.include(policy, "default-src 'none'")
    assert.include(policy, "script-src 'self';")
    assert.include(policy, "connect-src 'self'")
    assert.include(policy, "frame-ancestors 'none'")
    assert.notInclude(policy, "unsafe-eval")
  })
})

describe("nothing else can be had", () => {
  for (const path of [
    "/secret.txt",
    "/../secret.txt",
    "/../../../../etc/passwd.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e%2fsecret.txt",
    "/assets/..%2f..%2fsecret.txt",
    "/..%5csecret.txt",
    "/..\\secret.txt",
    "/assets/....//secret.txt",
    "//secret.txt",
    `/${encodeURIComponent(join(place.folder, "secret.txt"))}`,
    `/${join(place.folder, "secret.txt")}`,
    "/../app-other/secret.txt",
    "/linked.txt",
    "/linked/secret.txt",
    "/icon.svg%00.txt",
    "/icon%2esvg%2f..%2f..%2fsecret.txt",
    "/C:/windows/win.ini",
    "/assets/main.js/",
    "/assets/missing.js",
    "/%zz.txt",
    "/%c0%ae%c0%ae/secret.txt"
  ]) {
    it(path, async () => {
      const answer = await get(`app://clients${path}`)
      const text = await answer.text()
      assert.notStrictEqual(text, "secret")
      // where no ending is left, it is an address of the app's own
      assert.deepStrictEqual([answer.status, text === page], text === page ? [200, true] : [404, false])
      assert.isTrue(text === page || text === "There is no such file.", text)
    })
  }

  for (const url of [
    "app://other/icon.svg",
    "app://clients.evil.test/icon.svg",
    "app://clients:80/icon.svg",
    "app://anna@clients/icon.svg",
    "app:///icon.svg",
    "https://clients/icon.svg"
  ]) {
    it(`of another host: ${url}`, async () => {
      const request = new Request(url.replace("anna@", ""))
      if (url.includes("anna@")) Object.defineProperty(request, "url", { value: url })
      assert.strictEqual((await serve(request)).status, 404)
    })
  }

  it("of a folder without an app: it says what to do", () => {
    assert.throws(() => files(join(place.folder, "app-other")), "npm run build")
  })

  it("and what fails is told to nobody", async () => {
    const failing = answering(
      () => Promise.reject(new Error("EACCES /home/anna")),
      () => Promise.reject(new Error("the token"))
    )
    for (const path of ["icon.svg", "api/session"]) {
      const answer = await failing(new Request(`app://clients/${path}`))
      assert.strictEqual(answer.status, 500)
      assert.notMatch(await answer.text(), /anna|token/)
    }
  })
})
