// What is thrown while the app is drawn would leave an empty page.
import { Button, Center, Stack, Text } from "@mantine/core"
import { Component, type ReactNode } from "react"

interface Props {
  readonly children: ReactNode
}

interface State {
  readonly isBroken: boolean
}

export class Boundary extends Component<Props, State> {
  override readonly state: State = { isBroken: false }

  static getDerivedStateFromError(): State {
    return { isBroken: true }
  }

  override render(): ReactNode {
    if (!this.state.isBroken) return this.props.children
    return (
      <Center component="main" h="100%" p="xl" role="alert">
        <Stack align="center" gap="md">
          <Text maw={420} ta="center">
            Something in this app went wrong. What you have changed is still on this device.
          </Text>
          <Button onClick={() => location.reload()}>Load again</Button>
        </Stack>
      </Center>
    )
  }
}
