// A client's name and notes, changed where they stand. Enter saves, Escape leaves them as they were.
import { Button, Kbd, Textarea, TextInput } from "@mantine/core"
import { type KeyboardEvent, useState } from "react"
import classes from "./RowEditor.module.css"

export interface Draft {
  readonly name: string
  readonly notes: string
}

interface Props {
  readonly label: string
  readonly start: Draft
  readonly problem: string | undefined
  readonly onSave: (draft: Draft) => void
  readonly onCancel: () => void
}

export const RowEditor = ({ label, onCancel, onSave, problem, start }: Props) => {
  const [name, setName] = useState(start.name)
  const [notes, setNotes] = useState(start.notes)
  const [isEmpty, setEmpty] = useState(false)
  const save = () => {
    if (name.trim() === "") setEmpty(true)
    else onSave({ name: name.trim(), notes })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      event.stopPropagation()
      onCancel()
    }
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) save()
  }
  return (
    <form
      className={classes["editor"]}
      aria-label={label}
      onKeyDown={onKeyDown}
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <TextInput
        aria-label="Name"
        placeholder="Name"
        value={name}
        onChange={(event) => {
          setName(event.currentTarget.value)
          setEmpty(false)
        }}
        error={isEmpty ? "A client needs a name." : problem}
        autoComplete="off"
        autoFocus
        onFocus={(event) => event.currentTarget.select()}
      />
      <Textarea
        aria-label="Notes"
        placeholder="Notes"
        value={notes}
        onChange={(event) => setNotes(event.currentTarget.value)}
        autosize
        minRows={2}
        maxRows={8}
      />
      <div className={classes["foot"]}>
        <span className={classes["keys"]}>
          <Kbd size="xs">Enter</Kbd> saves, <Kbd size="xs">Esc</Kbd> cancels
        </span>
        <Button size="compact-sm" variant="default" onClick={onCancel}>
          Cancel
        </Button>
        <Button size="compact-sm" type="submit">
          Save
        </Button>
      </div>
    </form>
  )
}
