import { MemberRoom } from './member-room.tsx'
import { OpenRoom } from './open-room.tsx'

/** Rooms with members have names that the server makes, which begin so. */
const memberRoomPrefix = '~'

/** A room, joined as long as it is on the page. */
export function Room({ name }: { readonly name: string }) {
  return name.startsWith(memberRoomPrefix) ? <MemberRoom id={name} /> : <OpenRoom name={name} />
}
