import type { LineManager } from '@dowellchat/client'
import { Avatar } from '../../components/avatar.tsx'
import { useNameOf } from '../people/use-name-of.ts'

interface ColleagueChoiceProps {
  readonly colleagues: readonly LineManager[]
  /** A user id. */
  readonly chosen: string | null
  readonly onChoose: (userId: string) => void
}

/** Chooses one of the people who take tickets. */
export function ColleagueChoice({ colleagues, chosen, onChoose }: ColleagueChoiceProps) {
  if (colleagues.length === 0) return <p className="hint">Nobody else takes tickets.</p>
  return (
    <fieldset className="desk-choice">
      <legend className="visually-hidden">Colleague</legend>
      {colleagues.map((one) => (
        <Colleague
          key={one._id}
          colleague={one}
          isChosen={one.user_id === chosen}
          onChoose={() => onChoose(one.user_id)}
        />
      ))}
    </fieldset>
  )
}

interface ColleagueProps {
  readonly colleague: LineManager
  readonly isChosen: boolean
  readonly onChoose: () => void
}

const there: Readonly<Record<string, string>> = {
  online: 'Takes tickets',
  away: 'On a break',
  offline: 'Not there',
}

function Colleague({ colleague, isChosen, onChoose }: ColleagueProps) {
  const { user_id, availability, ticket_count, is_active } = colleague
  const name = useNameOf(user_id)
  const where = is_active ? (there[availability] ?? 'Not there') : 'Paused'
  return (
    <label>
      <input type="radio" name="colleague" checked={isChosen} onChange={onChoose} />
      <Avatar name={name} id={user_id} size="s" />
      <bdi className="one-line">{name}</bdi>
      <span className="muted">
        {where}, {ticket_count} open
      </span>
    </label>
  )
}
