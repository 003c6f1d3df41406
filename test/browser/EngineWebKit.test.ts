import { everyEngine } from "./EngineLaws.js"

await everyEngine("WebKit")
