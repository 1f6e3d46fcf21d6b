import { useEffect, useState } from 'react'
import { onAnnouncement } from '../lib/announce.ts'

/** What `announce` says. The two take turns, so that the same text twice is read twice. */
export function Announcer() {
  const [{ texts, at }, setSaid] = useState<{ texts: readonly string[]; at: number }>({
    texts: ['', ''],
    at: 0,
  })
  useEffect(
    () =>
      onAnnouncement((text) =>
        setSaid(({ at }) => ({ texts: at === 0 ? ['', text] : [text, ''], at: 1 - at })),
      ),
    [],
  )
  return (
    <div className="visually-hidden" data-announcer={at}>
      {texts.map((text, n) => (
        <p key={n === 0 ? 'first' : 'second'} aria-live="polite">
          {text}
        </p>
      ))}
    </div>
  )
}
