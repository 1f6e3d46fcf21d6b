import { MemberRoom } from './member-room.tsx'
import { OpenRoom } from './open-room.tsx'
import { isMemberRoom } from './room-names.ts'

/** A room, joined as long as it is on the page. */
export function Room({ name }: { readonly name: string }) {
  return isMemberRoom(name) ? <MemberRoom id={name} /> : <OpenRoom name={name} />
}
