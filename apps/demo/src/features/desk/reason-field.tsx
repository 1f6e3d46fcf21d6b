import { useId } from 'react'

interface ReasonFieldProps {
  readonly value: string
  readonly onChange: (reason: string) => void
}

/** Why something is done with a ticket; its conversation says it. */
export function ReasonField({ value, onChange }: ReasonFieldProps) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>Reason (optional, the customer can read it)</label>
      <input
        id={id}
        className="input"
        dir="auto"
        autoComplete="off"
        maxLength={120}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
    </div>
  )
}
