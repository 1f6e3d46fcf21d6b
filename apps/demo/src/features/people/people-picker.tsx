import { useId, useState } from 'react'
import { Avatar } from '../../components/avatar.tsx'
import { isComposing } from '../conversation/composer/is-composing.ts'
import { type KnownPerson, useKnownPeople } from './known-people.ts'
import { userIdOf } from './names.ts'
import './people-picker.css'

interface PeoplePickerProps {
  readonly legend: string
  readonly chosen: readonly KnownPerson[]
  readonly onChange: (chosen: readonly KnownPerson[]) => void
  /** Whether only one person can be chosen. */
  readonly isSingle?: boolean
  /** The ids of people who cannot be chosen. */
  readonly except?: readonly string[]
}

/** Chooses people whom you know, or others by the name that they enter with. */
export function PeoplePicker({ legend, chosen, onChange, isSingle = false, except = [] }: PeoplePickerProps) {
  const known = useKnownPeople()
  const [added, setAdded] = useState<readonly KnownPerson[]>([])
  const people = [...known, ...added].filter(({ userId }) => !except.includes(userId))
  const isChosen = ({ userId }: KnownPerson): boolean => chosen.some((one) => one.userId === userId)

  function toggle(person: KnownPerson): void {
    if (isSingle) onChange([person])
    else if (isChosen(person)) onChange(chosen.filter(({ userId }) => userId !== person.userId))
    else onChange([...chosen, person])
  }

  function add(person: KnownPerson): void {
    if (!people.some(({ userId }) => userId === person.userId)) setAdded([...added, person])
    if (!isChosen(person)) toggle(person)
  }

  return (
    <fieldset className="picker">
      <legend>{legend}</legend>
      <div className="picker-people">
        {people.map((person) => (
          <label key={person.userId} className="picker-person">
            <input
              type={isSingle ? 'radio' : 'checkbox'}
              name={legend}
              checked={isChosen(person)}
              onChange={() => toggle(person)}
            />
            <Avatar name={person.name} id={person.userId} size="s" />
            <bdi className="one-line">{person.name}</bdi>
          </label>
        ))}
      </div>
      <AnotherName onAdd={add} />
    </fieldset>
  )
}

function AnotherName({ onAdd }: { readonly onAdd: (person: KnownPerson) => void }) {
  const id = useId()
  const [name, setName] = useState('')
  const userId = userIdOf(name)

  function add(): void {
    if (userId === '') return
    onAdd({ userId, name: name.trim() })
    setName('')
  }

  return (
    <div className="picker-other">
      <input
        id={id}
        className="input"
        aria-label="Another name"
        placeholder="Another name"
        dir="auto"
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || isComposing(event.nativeEvent)) return
          // Would send the form.
          event.preventDefault()
          add()
        }}
      />
      <button type="button" className="button" disabled={userId === ''} onClick={add}>
        Add
      </button>
    </div>
  )
}
