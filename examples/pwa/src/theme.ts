import { Button, createTheme, Menu, Modal, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core"

// One accent, dark enough for white text on it at 6 and 7, and light enough for text on a dark page at 3.
const plum: MantineColorsTuple = [
  "#faf4fb",
  "#f0e3f3",
  "#e0c7e7",
  "#d0a9da",
  "#b982c6",
  "#a464b4",
  "#8f4ba0",
  "#773c87",
  "#5f2f6c",
  "#452150"
]

// 6 and 7 are darker than Mantine's, for white text
const red: MantineColorsTuple = [
  "#fff5f5",
  "#ffe3e3",
  "#ffc9c9",
  "#ffa8a8",
  "#ff9c94",
  "#e05252",
  "#cf3434",
  "#b3261e",
  "#9e1f18",
  "#861812"
]

const dark: MantineColorsTuple = [
  "#ececf0",
  "#c9c9d1",
  "#a9a9b4",
  "#878794",
  "#5a5a66",
  "#3a3a44",
  "#2a2a32",
  "#1e1e24",
  "#17171c",
  "#101014"
]

export const theme = createTheme({
  primaryColor: "plum",
  primaryShade: { light: 7, dark: 6 },
  colors: { plum, red, dark },
  defaultRadius: 6,
  respectReducedMotion: true,
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace",
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  headings: { fontWeight: "600" },
  cursorType: "pointer",
  components: {
    Button: Button.extend({ styles: { label: { fontWeight: 500 } } }),
    Menu: Menu.extend({
      defaultProps: {
        // its placeholder for the focus is no item of a menu
        withInitialFocusPlaceholder: false,
        // in a landmark, see Shell
        portalProps: { target: "#menus" },
        shadow: "md",
        transitionProps: { duration: 100 }
      }
    }),
    Modal: Modal.extend({
      defaultProps: {
        overlayProps: { backgroundOpacity: 0.35 },
        transitionProps: { duration: 120 },
        closeButtonProps: { "aria-label": "Close" },
        // a header of its own would be a second banner of the page
        attributes: { header: { role: "none" } },
        styles: { title: { fontWeight: 600, fontSize: 16, overflowWrap: "anywhere", minWidth: 0 } }
      }
    })
  }
})

/** Text beside the main one is dimmed, and still dark enough to be read: 4.5 to 1 on each ground. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#63636e",
    "--mantine-color-placeholder": "#6b6b76",
    "--mantine-color-error": "#b3261e",
    "--app-ground": "#ffffff",
    "--app-raised": "#ffffff",
    "--app-sunk": "#f6f5f7",
    "--app-hover": "#f4f2f5",
    "--app-active": "#f3eaf5",
    "--app-line": "#e6e4e9",
    "--app-wait": "#8a5a00",
    "--app-bad": "#b3261e",
    "--app-good": "#1d7a4c"
  },
  dark: {
    "--mantine-color-body": "#17171c",
    "--mantine-color-dimmed": "#a3a3ae",
    "--mantine-color-placeholder": "#9a9aa6",
    "--mantine-color-error": "#ff9c94",
    "--app-ground": "#17171c",
    "--app-raised": "#1e1e24",
    "--app-sunk": "#131317",
    "--app-hover": "#202027",
    "--app-active": "#2b2231",
    "--app-line": "#2d2d36",
    "--app-wait": "#e5b567",
    "--app-bad": "#ff9c94",
    "--app-good": "#7fd6a6"
  }
})
