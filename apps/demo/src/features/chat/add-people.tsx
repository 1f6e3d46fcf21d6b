import { useAddMembers } from '@dowellchat/client/react'
import { UserPlus } from 'lucide-react'
import { useState } from 'react'
import { Problem } from '../../components/problem.tsx'
import { whenDone } from '../../lib/when-done.ts'
import type { KnownPerson } from '../people/known-people.ts'
import { PeoplePicker } from '../people/people-picker.tsx'

interface AddPeopleProps {
  readonly room: string
  readonly except: readonly string[]
}

/** Adds people to a room. */
export function AddPeople({ room, except }: AddPeopleProps) {
  const [isOpen, setIsOpen] = useState(false)
  const [people, setPeople] = useState<readonly KnownPerson[]>([])
  const { addMembers, isPending, error } = useAddMembers()

  function submit(): void {
    const added = addMembers(
      room,
      people.map(({ userId }) => userId),
    )
    whenDone(added, () => {
      setPeople([])
      setIsOpen(false)
    })
  }

  if (!isOpen) {
    return (
      <button type="button" className="button" onClick={() => setIsOpen(true)}>
        <UserPlus aria-hidden /> Add people
      </button>
    )
  }
  return (
    <div className="room-adding">
      <PeoplePicker legend="Who to add" chosen={people} onChange={setPeople} except={except} />
      <Problem what={error} />
      <div className="buttons">
        <button
          type="button"
          className="button primary"
          disabled={isPending || people.length === 0}
          onClick={submit}
        >
          Add to the room
        </button>
        <button type="button" className="button quiet" onClick={() => setIsOpen(false)}>
          Cancel
        </button>
      </div>
    </div>
  )
}
