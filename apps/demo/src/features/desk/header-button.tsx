import type { LucideIcon } from 'lucide-react'

interface HeaderButtonProps {
  readonly label: string
  readonly icon: LucideIcon
  /** For what is on or off. */
  readonly isPressed?: boolean
  readonly isDisabled?: boolean
  /** Whether its words are shown too, where there is room for them. */
  readonly isWide?: boolean
  readonly onPress: () => void
}

/** A button in the header of a ticket. */
export function HeaderButton({
  label,
  icon: Icon,
  isPressed,
  isDisabled = false,
  isWide = false,
  onPress,
}: HeaderButtonProps) {
  return (
    <button
      type="button"
      className={isWide ? 'button' : 'button quiet icon'}
      aria-label={label}
      title={label}
      aria-pressed={isPressed}
      disabled={isDisabled}
      onClick={onPress}
    >
      <Icon aria-hidden /> {isWide && <span className="wide-only">{label}</span>}
    </button>
  )
}
