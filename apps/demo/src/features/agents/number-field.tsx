import { useId } from 'react'

interface NumberFieldProps {
  readonly label: string
  readonly hint: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly placeholder?: string
  readonly isRequired?: boolean
  readonly least?: number
}

/** An input for a whole number. The value stays text, because a number being typed may be incomplete. */
export function NumberField({
  label,
  hint,
  value,
  onChange,
  placeholder,
  isRequired,
  least = 0,
}: NumberFieldProps) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="input"
        type="number"
        min={least}
        max={1_000_000}
        required={isRequired}
        placeholder={placeholder}
        aria-describedby={`${id}-hint`}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <p className="hint" id={`${id}-hint`}>
        {hint}
      </p>
    </div>
  )
}
