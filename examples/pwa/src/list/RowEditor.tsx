// A client's name and notes, changed where they stand. Enter saves, Escape leaves them as they were.
import { Button, Kbd, Textarea, TextInput } from "@mantine/core"
import { type KeyboardEvent, useState } from "react"
import { type Draft, type Form, textOf, type } from "./drafts.ts"
import classes from "./RowEditor.module.css"

interface Props {
  readonly label: string
  readonly form: Form
  readonly onSave: (draft: Draft) => void
  readonly onCancel: () => void
}

export const RowEditor = ({ form, label, onCancel, onSave }: Props) => {
  const [{ name, notes }, setDraft] = useState(() => textOf(form))
  const [isEmpty, setEmpty] = useState(false)
  const change = (draft: Draft) => {
    setDraft(draft)
    type(form, draft)
  }
  const save = () => {
    if (name.trim() === "") setEmpty(true)
    else onSave({ name: name.trim(), notes })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    // the key is the input method's
    if (event.nativeEvent.isComposing) return
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
      data-form={form.id}
      onKeyDown={onKeyDown}
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <TextInput
        aria-label="Name"
        dir="auto"
        placeholder="Name"
        value={name}
        onChange={(event) => {
          change({ name: event.currentTarget.value, notes })
          setEmpty(false)
        }}
        error={isEmpty ? "A client needs a name." : form.problem}
        autoComplete="off"
        autoFocus={!form.isQuiet}
        onFocus={(event) => event.currentTarget.select()}
      />
      <Textarea
        aria-label="Notes"
        dir="auto"
        placeholder="Notes"
        value={notes}
        onChange={(event) => change({ name, notes: event.currentTarget.value })}
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
