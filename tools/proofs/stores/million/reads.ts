import type { Page, Ticket } from '../../../../packages/protocol/src/index.ts'
import type { PageRange, Store, TicketFilter } from '../../../../packages/server/src/stores/store.ts'
import { roomKey, workspace } from '../drafts.ts'
import type { Person } from '../person.ts'
import { pick } from '../random.ts'
import type { Filled, Place } from './fill.ts'

/** One kind of read, each time at another place. */
export interface Read {
  readonly what: string
  readonly read: () => Promise<void>
}

/** How the same reads are asked for. */
interface Asker {
  readonly page: (room: string, range: PageRange) => Promise<Page>
  readonly tickets: (filter: TicketFilter) => Promise<{ tickets: Ticket[] }>
}

const limit = 50

export function readsOfStore(store: Store, filled: Filled): Read[] {
  const page = async (room: string, range: PageRange): Promise<Page> => {
    const stored = await store.streams.page(roomKey(room), range)
    if (!stored) throw new Error(`${room} is not there`)
    return JSON.parse(stored.text) as Page
  }
  return readsOf({ page, tickets: (filter) => store.tickets.list(workspace, filter) }, filled)
}

export function readsOfSocket(reader: Person, filled: Filled): Read[] {
  const page = (room: string, range: PageRange): Promise<Page> => {
    const { stream } = roomKey(room)
    if ('newest' in range) return reader.get<Page>('join', { room, limit: range.newest })
    if ('after' in range) {
      return reader.get<Page>('get_entries', { stream, position: range.after, limit: range.limit })
    }
    if (!('following' in range)) return reader.get<Page>('get_messages', { stream, ...range })
    return reader.get<Page>('get_messages', { stream, after: range.following, limit: range.limit })
  }
  return readsOf({ page, tickets: (filter) => reader.get('get_tickets', filter) }, filled)
}

function readsOf({ page, tickets }: Asker, { places, random, tickets: known }: Filled): Read[] {
  const anywhere = (what: string, read: (place: Place) => Promise<void>): Read => ({
    what,
    read: () => read(pick(random, places)),
  })
  return [
    anywhere('50 messages before the nth', async ({ room, nth }) => {
      const { entries } = await page(room, { before: nth, limit })
      expectSame(entries.length, Math.min(limit, nth - 1))
      expectSame(entries.at(-1)?.nth ?? 0, nth - 1)
    }),
    anywhere('50 messages around the nth', async ({ room, nth }) => {
      const { entries, head } = await page(room, { around: nth, limit })
      expectSame(entries.length, Math.min(limit, head.nth))
      expectSame(entries.filter((entry) => entry.nth === nth).length, 1)
    }),
    anywhere('50 entries after a seq', async ({ room, position }) => {
      const { entries, head } = await page(room, { after: position, limit })
      expectSame(entries.length, Math.min(limit, head.seq - position.seq))
      expectSame(entries[0]?.seq ?? head.seq + 1, position.seq + 1)
    }),
    // How many messages a position is behind follows from one entry and the head.
    anywhere('unread at a position', async ({ room, nth, position }) => {
      const { entries, head } = await page(room, { after: position, limit: 1 })
      const read = (entries[0]?.nth ?? head.nth + 1) - 1
      expectSame(head.nth - read, head.nth - nth)
    }),
    anywhere('the newest 50', async ({ room }) => {
      expectSame((await page(room, { newest: limit })).entries.length, limit)
    }),
    {
      what: '50 tickets before one',
      async read() {
        const before = pick(random, known)._id
        const { tickets: found } = await tickets({ before, limit })
        if (found.some(({ _id }) => _id === before))
          throw new Error('A page has the ticket that it goes on from')
      },
    },
    {
      what: 'the newest 50 tickets of a topic',
      async read() {
        const { product } = pick(random, known)
        const { tickets: found } = await tickets({ product, limit })
        if (found.some((ticket) => ticket.product !== product)) throw new Error('A page has another topic')
      },
    },
  ]
}

function expectSame(found: number, expected: number): void {
  if (found !== expected) throw new Error(`A read found ${found} instead of ${expected}`)
}
