import type { Presence } from '@dowellchat/client'
import './presence-dot.css'

/** Whether somebody is there, as a dot on their picture. Hidden from screen readers: words say the same beside it. */
export function PresenceDot({ presence }: { readonly presence: Presence | null }) {
  if (!presence) return null
  return <span className="presence-dot" data-availability={presence.availability} aria-hidden />
}
