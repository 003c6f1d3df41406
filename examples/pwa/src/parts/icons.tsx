// A few icons, drawn for 16 px.
import type { ReactElement } from "react"

const icon = (path: string, filled = false): ReactElement => (
  <svg
    width="16"
    height="16"
    viewBox="0 0 16 16"
    fill={filled ? "currentColor" : "none"}
    stroke={filled ? "none" : "currentColor"}
    strokeWidth="1.5"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
  >
    <path d={path} />
  </svg>
)

export const SearchIcon = () => icon("M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10Zm3.6-1.4L14 14")
export const PlusIcon = () => icon("M8 3v10M3 8h10")
const dot = (x: number) => `M${x} 6.7a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.6Z`

export const MoreIcon = () => icon(dot(3.5) + dot(8) + dot(12.5), true)
export const CheckIcon = () => icon("M3 8.5 6.5 12 13 4.5")
export const ClockIcon = () => icon("M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 5v3l2 1.5")
export const CloudOffIcon = () =>
  icon("M2 2l12 12M5 5.2A3.5 3.5 0 0 0 4.5 12H11M7.5 4.1A4 4 0 0 1 11.8 7.6 2.3 2.3 0 0 1 13.6 11")
export const WarnIcon = () => icon("M8 2.5 14.5 13.5h-13L8 2.5ZM8 6.5v3M8 11.6v.01")
export const PersonIcon = () =>
  icon("M8 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM3 13.5c.6-2.4 2.6-3.7 5-3.7s4.4 1.3 5 3.7")
export const PauseIcon = () => icon("M6 3.5v9M10 3.5v9")
export const SendIcon = () => icon("M8 13V3M4 7l4-4 4 4")
export const NextIcon = () => icon("M6 3l5 5-5 5")
export const FlaskIcon = () => icon("M6.5 2h3M7 2v4L3.3 12.4A1 1 0 0 0 4.2 14h7.6a1 1 0 0 0 .9-1.6L9 6V2M5 10h6")
export const KeyIcon = () => icon("M10.5 8.5a3 3 0 1 0-3-3l-5 5v3h3v-2h2v-2l1-1")
