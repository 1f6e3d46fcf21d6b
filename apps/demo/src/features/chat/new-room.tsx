import { useCreateRoom } from '@dowellchat/client/react'
import { type FormEvent, useState } from 'react'
import { useLocation } from 'wouter'
import { BackLink } from '../../components/back-link.tsx'
import { Problem } from '../../components/problem.tsx'
import { Segments } from '../../components/segments.tsx'
import { paths } from '../../lib/paths.ts'
import { whenDone } from '../../lib/when-done.ts'
import type { KnownPerson } from '../people/known-people.ts'
import { PeoplePicker } from '../people/people-picker.tsx'

const kinds = {
  open: { title: 'Open', about: 'Anybody can join it by its name.', action: 'Open the room' },
  members: {
    title: 'Members only',
    about: 'Only its members can read it and write in it.',
    action: 'Create room',
  },
  direct: { title: 'One person', about: 'Only the two of you can read it.', action: 'Write to them' },
} as const
type Kind = keyof typeof kinds

/** Makes a room: an open one, one with members, or one with a single other person. */
export function NewRoom() {
  const [kind, setKind] = useState<Kind>('members')
  const { about } = kinds[kind]
  return (
    <>
      <header className="detail-header">
        <BackLink href={paths.chat} label="All rooms" />
        <div className="detail-title">
          <h2>New room</h2>
        </div>
      </header>
      <div className="new-room">
        <fieldset>
          <legend className="visually-hidden">Who can use it</legend>
          <Segments
            name="kind"
            choices={(Object.keys(kinds) as Kind[]).map((one) => [one, kinds[one].title])}
            chosen={kind}
            onChoose={setKind}
          />
        </fieldset>
        <p className="muted">{about}</p>
        {kind === 'open' ? <OpenRoomForm /> : <MemberRoomForm key={kind} kind={kind} />}
      </div>
    </>
  )
}

function OpenRoomForm() {
  const [, navigate] = useLocation()
  const [name, setName] = useState('')

  function open(event: FormEvent): void {
    event.preventDefault()
    if (name.trim() !== '') navigate(paths.room(name.trim()))
  }

  return (
    <form onSubmit={open}>
      <NameField value={name} onChange={setName} />
      <button type="submit" className="button primary">
        {kinds.open.action}
      </button>
    </form>
  )
}

function MemberRoomForm({ kind }: { readonly kind: 'members' | 'direct' }) {
  const [, navigate] = useLocation()
  const { createRoom, isPending, error } = useCreateRoom()
  const [title, setTitle] = useState('')
  const [people, setPeople] = useState<readonly KnownPerson[]>([])
  const [isIncomplete, setIsIncomplete] = useState(false)
  const isDirect = kind === 'direct'

  function create(event: FormEvent): void {
    event.preventDefault()
    const isMissing = isDirect ? people.length === 0 : title.trim() === ''
    setIsIncomplete(isMissing)
    if (isMissing) return
    const members = people.map(({ userId }) => userId)
    const draft = { kind, title: isDirect ? null : title.trim(), members }
    whenDone(createRoom(draft), ({ _id }) => navigate(paths.room(_id)))
  }

  return (
    <form onSubmit={create}>
      {!isDirect && <NameField value={title} onChange={setTitle} />}
      <PeoplePicker
        legend={isDirect ? 'Who to write to' : 'Members besides you'}
        chosen={people}
        onChange={setPeople}
        isSingle={isDirect}
      />
      <Problem what={isIncomplete ? (isDirect ? 'Choose somebody' : 'Give the room a name') : error} />
      <button type="submit" className="button primary" disabled={isPending}>
        {kinds[kind].action}
      </button>
    </form>
  )
}

interface NameFieldProps {
  readonly value: string
  readonly onChange: (value: string) => void
}

function NameField({ value, onChange }: NameFieldProps) {
  return (
    <div className="field">
      <label htmlFor="new-room-name">Name of the room</label>
      <input
        id="new-room-name"
        className="input"
        dir="auto"
        autoComplete="off"
        placeholder="Summer party"
        maxLength={64}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  )
}
