import { type ComponentProps, useState } from 'react'
import { OneMessage } from './one-message.tsx'

/** A message of somebody whom you have blocked, folded until you want to see it. */
export function BlockedMessage(props: ComponentProps<typeof OneMessage>) {
  const [isShown, setIsShown] = useState(false)
  if (isShown) return <OneMessage {...props} />
  return (
    <article className="message-fact message-blocked" tabIndex={props.isCurrent ? 0 : -1}>
      Message of somebody you have blocked
      <button type="button" className="button small quiet" onClick={() => setIsShown(true)}>
        Show
      </button>
    </article>
  )
}
