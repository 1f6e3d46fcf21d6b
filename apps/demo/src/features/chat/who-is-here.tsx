import { skip, useRoomPresence, useSession } from '@dowellchat/client/react'
import { Eye } from 'lucide-react'
import { useState } from 'react'
import { LazyPopover } from '../../components/lazy-popover.tsx'
import { PeopleList } from '../people/people-list.tsx'

/** How many people are in a room right now; a click shows who. */
export function WhoIsHere({ room }: { readonly room: string }) {
  const { can } = useSession()
  const { count, user_ids } = useRoomPresence(can('get_room_presence') ? room : skip)
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  if (count === 0) return null
  const more = count - user_ids.length
  return (
    <>
      <button
        type="button"
        className="button quiet"
        aria-label={`${count} here`}
        title="Who is here"
        aria-haspopup="dialog"
        aria-expanded={anchor !== null}
        onClick={({ currentTarget }) => setAnchor(anchor ? null : currentTarget)}
      >
        <Eye aria-hidden /> {count} <span className="wide-only">here</span>
      </button>
      {anchor && (
        <LazyPopover label="Who is here" anchor={anchor} onClose={() => setAnchor(null)}>
          <div className="who-is-here">
            <h3>Here right now</h3>
            <PeopleList ids={user_ids} />
            {more > 0 && <p className="muted">and {more} more</p>}
          </div>
        </LazyPopover>
      )}
    </>
  )
}
