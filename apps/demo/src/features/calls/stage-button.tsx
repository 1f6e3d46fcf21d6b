import type { LucideIcon } from 'lucide-react'

interface StageButtonProps {
  readonly label: string
  readonly icon: LucideIcon
  /** Whether what it turns on and off is on. */
  readonly isPressed?: boolean
  readonly isBusy?: boolean
  readonly isDanger?: boolean
  readonly title?: string
  readonly onPress: () => void
}

/** A round button over a picture, with its name below. */
export function StageButton({
  label,
  icon: Icon,
  isPressed,
  isBusy = false,
  isDanger = false,
  title = label,
  onPress,
}: StageButtonProps) {
  return (
    <button
      type="button"
      className="stage-button"
      aria-pressed={isPressed}
      aria-busy={isBusy}
      data-danger={isDanger}
      title={title}
      onClick={onPress}
    >
      <span className="stage-button-icon">
        <Icon aria-hidden />
      </span>
      {label}
    </button>
  )
}
