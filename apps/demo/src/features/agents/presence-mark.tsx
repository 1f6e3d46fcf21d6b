import type { LineManager } from '@dowellchat/client'
import './presence-mark.css'

/** Whether an agent takes tickets, as a dot. Hidden from screen readers: words say the same beside it. */
export function PresenceMark({ agent: { is_active, availability } }: { readonly agent: LineManager }) {
  return (
    <span className="presence-mark" data-availability={is_active ? availability : 'paused'} aria-hidden />
  )
}
