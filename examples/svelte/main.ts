/**
 * A list of clients that works offline, in Svelte 5.
 *
 * @since 0.1.0
 */
import { mount } from "svelte"
import App from "./App.svelte"

const target = document.querySelector("#app")
if (target !== null) mount(App, { target })
