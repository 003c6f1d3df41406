/// <reference lib="webworker" />
import { precacheAndRoute } from "workbox-precaching"
declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: Array<string> }
precacheAndRoute(self.__WB_MANIFEST)
