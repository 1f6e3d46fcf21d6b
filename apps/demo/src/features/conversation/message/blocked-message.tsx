import { type ComponentProps, useState } from 'react'
import { blockedWords } from './blocked-words.ts'
import { OneMessage } from './one-message.tsx'

/** A message of somebody whom you have blocked, folded until you want to see it. */
export function BlockedMessage(props: ComponentProps<typeof OneMessage>) {
  const [isShown, setIsShown] = useState(false)
  if (isShown) return <OneMessage {...props} />
  return (
    <article className="message-fact message-blocked" tabIndex={props.isCurrent ? 0 : -1}>
      {blockedWords}
      <button type="button" className="button small quiet" onClick={() => setIsShown(true)}>
        Show
      </button>
    </article>
  )
}
