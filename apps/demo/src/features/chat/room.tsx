import { lazy, Suspense } from 'react'
import { Skeleton } from '../../components/skeleton.tsx'
import { OpenRoom } from './open-room.tsx'
import { isMemberRoom } from './room-names.ts'

const MemberRoom = lazy(async () => ({ default: (await import('./member-room.tsx')).MemberRoom }))

/** A room, joined as long as it is on the page. */
export function Room({ name }: { readonly name: string }) {
  if (!isMemberRoom(name)) return <OpenRoom name={name} />
  return (
    <Suspense fallback={<Skeleton label="Loading the room" />}>
      <MemberRoom id={name} />
    </Suspense>
  )
}
