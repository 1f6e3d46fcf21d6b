import type { RoomMember } from '@dowellchat/client'
import { useAction, useRemoveMembers } from '@dowellchat/client/react'
import { Bell, BellOff, Ellipsis } from 'lucide-react'
import { Avatar } from '../../components/avatar.tsx'
import { MenuButton } from '../../components/menu-button.tsx'
import type { MenuItem } from '../../components/menu-item.ts'
import { Problem } from '../../components/problem.tsx'
import { announce } from '../../lib/announce.ts'
import { formatUntil } from '../../lib/format.ts'
import { useNow } from '../../lib/use-now.ts'
import { whenDone } from '../../lib/when-done.ts'
import { useNameOf } from '../people/use-name-of.ts'
import { useSelf } from '../people/use-self.ts'

/** For how long a member can be kept from writing. */
const muteTimes: readonly (readonly [string, number])[] = [
  ['10 minutes', 600_000],
  ['an hour', 3_600_000],
  ['a day', 86_400_000],
]

interface MemberItemProps {
  readonly member: RoomMember
  readonly room: string
  readonly canRemove: boolean
  /** Null where you may not. */
  readonly mute: ((userId: string, forMs: number) => Promise<unknown>) | null
}

/** A member of a room, and what its owner can do about them. */
export function MemberItem({
  member: { user_id, role, muted_until },
  room,
  canRemove,
  mute,
}: MemberItemProps) {
  const { userId: ownId } = useSelf()
  const name = useNameOf(user_id)
  const { removeMembers, isPending, error } = useRemoveMembers()
  const isSelf = user_id === ownId
  return (
    <li>
      <Avatar name={name} id={user_id} size="s" />
      <bdi className="one-line">{isSelf ? 'You' : name}</bdi>
      {role === 'owner' && <span className="badge">Owner</span>}
      {muted_until !== null && <MutedBadge until={muted_until} />}
      {mute && !isSelf && role !== 'owner' && (
        <MuteMenu name={name} isMuted={muted_until !== null} mute={(forMs) => mute(user_id, forMs)} />
      )}
      {canRemove && !isSelf && (
        <button
          type="button"
          className="button small quiet"
          aria-label={`Remove ${name}`}
          disabled={isPending}
          onClick={() => void removeMembers(room, [user_id])}
        >
          Remove
        </button>
      )}
      <Problem what={error} />
    </li>
  )
}

function MutedBadge({ until }: { readonly until: string }) {
  const now = useNow()
  return Date.parse(until) > now && <span className="badge">Cannot write until {formatUntil(until)}</span>
}

interface MuteMenuProps {
  readonly name: string
  readonly isMuted: boolean
  readonly mute: (forMs: number) => Promise<unknown>
}

function MuteMenu({ name, isMuted, mute }: MuteMenuProps) {
  const { run, error } = useAction(mute)
  function items(): readonly MenuItem[] {
    const times = muteTimes.map(([words, forMs]) => ({
      label: `No writing for ${words}`,
      icon: BellOff,
      onChoose: () => whenDone(run(forMs), () => announce(`${name} cannot write for ${words}`)),
    }))
    const again = {
      label: 'Let them write again',
      icon: Bell,
      onChoose: () => whenDone(run(0), () => announce(`${name} can write again`)),
    }
    return isMuted ? [again, ...times] : times
  }
  return (
    <>
      <MenuButton label={`What to do about ${name}`} icon={Ellipsis} items={items} className="small" />
      <Problem what={error} />
    </>
  )
}
