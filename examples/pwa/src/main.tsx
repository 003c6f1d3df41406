import "./styles.ts"
import { MantineProvider } from "@mantine/core"
import { type ReactNode, StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { whenControlled } from "../playground/controlled.ts"
import { App } from "./App.tsx"
import { Boundary } from "./Boundary.tsx"
import { load } from "./account/who.ts"
import { Message } from "./parts/Message.tsx"
import { Notices } from "./parts/Notices.tsx"
import { theme, variables } from "./theme.ts"

load()

const root = document.getElementById("root")
if (root === null) throw new Error("index.html has no element with the id root")

const drawn = createRoot(root)

const draw = (content: ReactNode) =>
  drawn.render(
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
        <Boundary>
          <Notices>{content}</Notices>
        </Boundary>
      </MantineProvider>
    </StrictMode>
  )

// The playground's service worker is its server: without it there is nothing to ask.
if (import.meta.env.MODE === "playground") {
  draw(<Message text="Starting the playground…" />)
  void whenControlled().then((control) =>
    draw(control._tag === "Controlled" ? <App /> : <Message text={control.message} />)
  )
} else {
  draw(<App />)
}
