/**
 * A list of clients that works offline, in Vue 3.
 *
 * @since 0.1.0
 */
import { createApp } from "vue"
import App from "./App.vue"

createApp(App).mount("#app")
