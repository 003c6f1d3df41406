/**
 * A list of clients that works offline, in React.
 *
 * @since 0.1.0
 */
import { TogglProvider } from "effect-toggl-clients/react"
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { App } from "./App.js"
import { toggl } from "./toggl.js"

const place = document.querySelector("#app")
if (place !== null) {
  createRoot(place).render(
    <StrictMode>
      <TogglProvider toggl={toggl}>
        <App />
      </TogglProvider>
    </StrictMode>
  )
}
