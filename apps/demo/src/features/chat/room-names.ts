/** Rooms with members have names that the server makes, which begin so. */
const memberRoomPrefix = '~'

export function isMemberRoom(name: string): boolean {
  return name.startsWith(memberRoomPrefix)
}
