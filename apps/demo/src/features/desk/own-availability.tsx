import type { Availability } from '@dowellchat/client'
import type { UseLine } from '@dowellchat/client/react'

const choices: readonly (readonly [Availability, string])[] = [
  ['online', 'Taking tickets'],
  ['away', 'Taking a break'],
  ['offline', 'Gone: give back what I have not answered'],
]

/** Says whether you take tickets now. */
export function OwnAvailability({ line }: { readonly line: UseLine }) {
  const { lineManager, availability, setAvailability } = line
  return (
    <div className="desk-own">
      <span className="desk-dot" data-availability={availability} aria-hidden />
      <select
        className="input"
        aria-label="Whether you take tickets"
        value={availability ?? 'offline'}
        onChange={({ target }) => void setAvailability(target.value as Availability)}
      >
        {choices.map(([one, words]) => (
          <option key={one} value={one}>
            {words}
          </option>
        ))}
      </select>
      {lineManager?.is_active === false && (
        <p className="hint">An admin has paused you: no tickets come to you by themselves.</p>
      )}
    </div>
  )
}
