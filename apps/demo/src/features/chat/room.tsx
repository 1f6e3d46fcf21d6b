import { lazyPart } from '../../components/lazy-part.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { OpenRoom } from './open-room.tsx'
import { isMemberRoom } from './room-names.ts'

const MemberRoom = lazyPart(async () => (await import('./member-room.tsx')).MemberRoom, {
  waiting: () => <Skeleton label="Loading the room" />,
})

/** A room, joined as long as it is on the page. */
export function Room({ name }: { readonly name: string }) {
  if (!isMemberRoom(name)) return <OpenRoom name={name} />
  return <MemberRoom id={name} />
}
