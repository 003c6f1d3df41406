/** @jsxImportSource solid-js */
/**
 * A list of clients that works offline, in Solid.
 *
 * @since 0.1.0
 */
import { render } from "solid-js/web"
import { App } from "./App.js"

const place = document.querySelector("#app")
if (place !== null) render(() => <App />, place)
