/**
 * Finds a Firefox, and says how it is started so that it does what it is told and nothing else.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import * as Command from "./Command.js"
import type { Engine, Start } from "./Engine.js"

const names = ["firefox", "firefox-esr"]

const preferences = {
  // no page of its own as it starts, and none of the last time after a crash
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.homepage_override.mstone": "ignore",
  "startup.homepage_welcome_url": "",
  "browser.aboutwelcome.enabled": false,
  "browser.preonboarding.enabled": false,
  "termsofuse.bypassNotification": true,
  "browser.sessionstore.resume_from_crash": false,
  "toolkit.startup.max_resumed_crashes": -1,
  "browser.startup.preXulSkeletonUI": false,
  // it asks nobody but our server
  "app.update.enabled": false,
  "app.update.disabledForTesting": true,
  "app.normandy.enabled": false,
  "app.shield.optoutstudies.enabled": false,
  "browser.newtabpage.enabled": false,
  "browser.region.network.url": "",
  "browser.safebrowsing.downloads.enabled": false,
  "browser.safebrowsing.malware.enabled": false,
  "browser.safebrowsing.phishing.enabled": false,
  "browser.safebrowsing.update.enabled": false,
  "browser.search.update": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "datareporting.healthreport.uploadEnabled": false,
  "dom.push.connection.enabled": false,
  "extensions.getAddons.cache.enabled": false,
  "extensions.update.enabled": false,
  "extensions.systemAddon.update.enabled": false,
  "media.gmp-manager.updateEnabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "network.dns.disablePrefetch": true,
  "network.prefetch-next": false,
  "services.settings.server": "data:,#remote-settings-dummy/v1",
  "toolkit.telemetry.enabled": false,
  "toolkit.telemetry.server": "",
  "toolkit.telemetry.reportingpolicy.firstRun": false,
  // a page may open windows
  "dom.disable_open_during_load": false,
  "dom.popup_maximum": -1,
  // the user is asked whether to keep what a page stores, and says yes
  "dom.storageManager.prompt.testing": true,
  "dom.storageManager.prompt.testing.allow": true,
  // fewer processes: the tests need one of a kind
  "dom.ipc.processPrelaunch.enabled": false,
  "dom.ipc.keepProcessesAlive.web": 0
} as const

const userFile = (isPrivate: boolean): string =>
  Object.entries({ ...preferences, "browser.privatebrowsing.autostart": isPrivate })
    .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
    .join("")

const prepare = ({ isPrivate, profileDir }: Start): Effect.Effect<void> =>
  Effect.promise(() => Fs.writeFile(Path.join(profileDir, "user.js"), userFile(isPrivate)))

const environment = ({ ownDir }: Start) => ({
  HOME: ownDir,
  TMPDIR: ownDir,
  XDG_CACHE_HOME: ownDir,
  XDG_CONFIG_HOME: ownDir,
  XDG_RUNTIME_DIR: ownDir,
  MOZ_CRASHREPORTER_DISABLE: "1"
})

const args = ({ profileDir, url }: Start) => ["--headless", "--no-remote", "--profile", profileDir, url]

/**
 * Finds a Firefox: the one that `FIREFOX_PATH` names, else the first on `PATH`. Fails with why there is none.
 *
 * @since 0.1.0
 * @category constructors
 */
export const find: Effect.Effect<Engine, string> = Effect.gen(function* () {
  const wished = process.env["FIREFOX_PATH"] ?? ""
  const executablePath = yield* Command.find(wished === "" ? names : [wished])
  const version = yield* Command.run(executablePath, ["--version"], { millis: 20_000 })
  return { name: "Firefox" as const, version, executablePath, needsDisplay: false, environment, args, prepare }
}).pipe(Effect.mapError(({ message }) => message))
