import { Video } from 'lucide-react'
import { Avatar } from '../../components/avatar.tsx'
import type { SeenPerson } from '../people/seen-people.ts'

interface PeopleToCallProps {
  readonly people: readonly SeenPerson[]
  readonly onCall: (address: string) => void
}

/** The people you have met, each with a call button. */
export function PeopleToCall({ people, onCall }: PeopleToCallProps) {
  if (people.length === 0) return <p className="hint">People you meet in chats and tickets appear here.</p>
  return (
    <div className="people">
      <h3>People you have met</h3>
      <ul>
        {people.map(({ address, name }) => (
          <li key={address}>
            <Avatar name={name} id={address} size="s" />
            <span className="people-name one-line" title={name}>
              <bdi>{name}</bdi>
            </span>
            <button
              type="button"
              className="button small"
              aria-label={`Call ${name}`}
              onClick={() => onCall(address)}
            >
              <Video aria-hidden /> Call
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
