import { Text, type TextProps } from "@mantine/core"

/** Why something failed, said at once. Nothing where nothing has. */
export const Problem = ({ children, ...rest }: TextProps & { readonly children: string | undefined }) =>
  children === undefined ? null : (
    <Text size="sm" c="red" {...rest} role="alert">
      {children}
    </Text>
  )
