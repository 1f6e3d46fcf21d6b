import type { User } from '@dowellchat/client'
import { useId, useState } from 'react'
import { Avatar } from '../../components/avatar.tsx'
import { Problem } from '../../components/problem.tsx'
import { nameFromId } from '../people/names.ts'
import { useFoundPeople } from './use-found-people.ts'

interface PersonSearchProps {
  readonly chosen: User | null
  readonly onChoose: (person: User) => void
  /** The ids of people who cannot be chosen. */
  readonly except: readonly string[]
}

/** Chooses one of the people who have been here, by the beginning of their name. */
export function PersonSearch({ chosen, onChoose, except }: PersonSearchProps) {
  const id = useId()
  const [text, setText] = useState('')
  if (chosen) return <PersonRow person={chosen} />

  return (
    <div className="field">
      <label htmlFor={id}>Name</label>
      <input
        id={id}
        className="input"
        type="search"
        dir="auto"
        autoComplete="off"
        placeholder="Meg"
        aria-describedby={`${id}-hint`}
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
      />
      <p className="hint" id={`${id}-hint`}>
        Somebody who has been here. They take tickets when they enter as an agent.
      </p>
      <FoundPeople
        text={text.trim()}
        except={except}
        onChoose={(person) => {
          setText('')
          onChoose(person)
        }}
      />
    </div>
  )
}

interface FoundPeopleProps extends Pick<PersonSearchProps, 'except' | 'onChoose'> {
  readonly text: string
}

function FoundPeople({ text, except, onChoose }: FoundPeopleProps) {
  const found = useFoundPeople(text)
  if (text === '') return null
  const people = found?.people.filter(({ is_program }) => is_program !== true) ?? []
  return (
    <div className="found-people">
      <p role="status" className={people.length > 0 ? 'visually-hidden' : 'hint'}>
        {found === null ? 'Looking' : countWords(people.length, text)}
      </p>
      <Problem what={found?.error ?? null} />
      <ul>
        {people.map((person) => (
          <li key={person._id}>
            <button
              type="button"
              className="list-item"
              disabled={except.includes(person.user_id)}
              onClick={() => onChoose(person)}
            >
              <PersonRow person={person} />
              {except.includes(person.user_id) && <span className="badge">Is one already</span>}
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}

function countWords(count: number, text: string): string {
  if (count === 0) return `Nobody’s name begins with “${text}”`
  return count === 1 ? '1 person found' : `${count} people found`
}

function PersonRow({ person: { user_id, name } }: { readonly person: User }) {
  const shown = name ?? nameFromId(user_id)
  return (
    <span className="found-person">
      <Avatar name={shown} id={user_id} size="s" />
      <bdi className="one-line">{shown}</bdi>
      <span className="muted one-line">{user_id}</span>
    </span>
  )
}
