// One sentence on an empty page.
import { Center, Text } from "@mantine/core"

export const Message = ({ text }: { readonly text: string }) => (
  <Center component="main" h="100%" p="xl" role="status">
    <Text maw={420} ta="center">
      {text}
    </Text>
  </Center>
)
