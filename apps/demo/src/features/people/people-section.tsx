import { skip, useCreateRoom, usePresence, useSession } from '@dowellchat/client/react'
import { useMemo } from 'react'
import { useLocation } from 'wouter'
import { Avatar } from '../../components/avatar.tsx'
import { Problem } from '../../components/problem.tsx'
import { paths } from '../../lib/paths.ts'
import { whenDone } from '../../lib/when-done.ts'
import { useKnownPeople } from './known-people.ts'
import { PresenceDot } from './presence-dot.tsx'
import { presenceWords } from './presence-words.ts'
import './people-section.css'

/** The people whom you know, whether they are there, and what they say of themselves. A click writes to one. */
export function PeopleSection() {
  const people = useKnownPeople()
  const { can } = useSession()
  const ids = useMemo(() => people.map(({ userId }) => userId), [people])
  const { presences } = usePresence(ids.length > 0 && can('get_presence') ? ids : skip)
  const { createRoom, isPending, error } = useCreateRoom()
  const [, navigate] = useLocation()

  function write(userId: string): void {
    const made = createRoom({ kind: 'direct', title: null, members: [userId] })
    whenDone(made, ({ _id }) => navigate(paths.room(_id)))
  }

  return (
    <details className="people" open>
      <summary>People</summary>
      <Problem what={error} />
      <ul className="list">
        {people.map(({ userId, name }) => (
          <li key={userId}>
            <button
              type="button"
              className="list-item person"
              disabled={isPending}
              aria-label={`Write to ${name}`}
              aria-describedby={`person-${userId}`}
              onClick={() => write(userId)}
            >
              <span className="room-avatar">
                <Avatar name={name} id={userId} size="s" />
                <PresenceDot presence={presences.get(userId) ?? null} />
              </span>
              <bdi className="one-line">{name}</bdi>
              <span id={`person-${userId}`} className="muted one-line person-presence" dir="auto">
                {presenceWords(presences.get(userId) ?? null)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </details>
  )
}
