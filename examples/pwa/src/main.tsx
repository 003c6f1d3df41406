import "./styles.ts"
import { MantineProvider } from "@mantine/core"
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { App } from "./App.tsx"
import { load } from "./account/who.ts"
import { Notices } from "./parts/Notices.tsx"
import { theme, variables } from "./theme.ts"

load()

const root = document.getElementById("root")
if (root === null) throw new Error("index.html has no element with the id root")

createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <Notices>
        <App />
      </Notices>
    </MantineProvider>
  </StrictMode>
)
