import { fixtures } from '../../fake-client/index.ts'

export type Listed = ReturnType<typeof fixtures.listedRoom>

export const isLive = ({ status, sync }: { status: string; sync: string }) =>
  status === 'ready' && sync === 'live'

/** A minute of one morning. */
export const minute = (n: number) => new Date(Date.UTC(2026, 0, 1, 8, n)).toISOString()

export const message = (room: string, nth: number, changes: object = {}) =>
  fixtures.message({
    _id: `${room}-${nth}`,
    cid: `cid ${room}-${nth}`,
    stream: `room:${room}`,
    seq: nth,
    nth,
    author: 'bob',
    created_at: minute(nth),
    ...changes,
  })

/** A room whose last message is the one with this `nth`, all of it read. */
export function roomOf(name: string, nth: number, reader: object = {}): Listed {
  const last = message(name, nth)
  return fixtures.listedRoom({
    ...{ _id: name, head: { seq: nth, nth, id: last._id }, last, active_at: last.created_at },
    reader: fixtures.reader({ stream: `room:${name}`, nth, version: 1, ...reader }),
  })
}
