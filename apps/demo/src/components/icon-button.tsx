import type { LucideIcon } from 'lucide-react'

interface IconButtonProps {
  /** What it does, for those who cannot see the icon. */
  readonly label: string
  /** What shows when the mouse rests on it. Default: the label. */
  readonly title?: string
  readonly icon: LucideIcon
  readonly isSmall?: boolean
  readonly isDisabled?: boolean
  readonly onPress: () => void
}

/** A quiet button that shows an icon alone. */
export function IconButton({
  label,
  title = label,
  icon: Icon,
  isSmall = false,
  isDisabled = false,
  onPress,
}: IconButtonProps) {
  return (
    <button
      type="button"
      className={`button quiet icon${isSmall ? ' small' : ''}`}
      aria-label={label}
      title={title}
      disabled={isDisabled}
      onClick={onPress}
    >
      <Icon aria-hidden />
    </button>
  )
}
