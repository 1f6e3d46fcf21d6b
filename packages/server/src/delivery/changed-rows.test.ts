import type { Ticket } from '@dowellchat/protocol'
import { expect, it, onTestFinished, vi } from 'vitest'
import { embeddedStore } from '../stores/embedded/index.ts'
import type { Change, Store } from '../stores/store.ts'
import { StoreUnavailableError } from '../stores/store.ts'
import { ask, hire } from '../testing/store-cases/making.ts'
import { ticketAudience } from './audience.ts'
import { ChangedRows } from './changed-rows.ts'
import { LateChanges } from './late-changes.ts'
import { linesOf } from './line-reading.ts'

/** A store that other servers may share, and reads that wait until they are let go. */
async function openStore() {
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  const held: (() => void)[] = []
  let isHolding = false
  const getSome: Store['tickets']['getSome'] = async (...args) => {
    const found = await store.tickets.getSome(...args)
    if (isHolding) await new Promise<void>((resolve) => held.push(resolve))
    return found
  }
  const nodes = { beat: async () => {}, list: async () => [], remove: async () => {} }
  return {
    store: { ...store, nodes, tickets: { ...store.tickets, getSome } },
    hold: () => {
      isHolding = true
    },
    letGo: () => {
      isHolding = false
      for (const go of held.splice(0)) go()
    },
    held,
  }
}

/** The rows of a server, with what it has sent and announced. */
function rowsOver(store: Store) {
  const sent: [fact: string, ticket: Ticket][] = []
  const announced: Change[] = []
  const errors: unknown[] = []
  let isDown = false
  const listeners = new Map<string, (change: never) => void>()
  const nothing = () => {}
  const late = new LateChanges({
    announce: async (...changes) => {
      if (isDown) throw new StoreUnavailableError()
      announced.push(...changes)
    },
  })
  onTestFinished(() => late.stop())
  const rows = new ChangedRows({
    store,
    push: (_to, fact, data) => sent.push([fact, (data as { data: Ticket }).data]),
    sockets: { hasAny: () => true },
    changes: {
      on: (kind, listener) => void listeners.set(kind, listener as (change: never) => void),
      act: (change) => listeners.get(change.kind)?.(change as never),
    },
    late,
    server: 'here',
    logger: { debug: nothing, info: nothing, warn: nothing, error: (...args) => errors.push(args) },
  })
  onTestFinished(() => rows.stop())
  const hear = (ticket: Ticket, change: object = {}) =>
    listeners.get('ticket_changed')?.({
      ...{ kind: 'ticket_changed', workspace_id: 'acme', ticket_id: ticket._id, user_id: ticket.user_id },
      ...{ is_new: false, server: 'there', ...change },
    } as never)
  const fail = (isSo: boolean) => {
    isDown = isSo
  }
  return { rows, sent, announced, errors, hear, fail }
}

const states = (sent: readonly [string, Ticket][]) => sent.map(([fact, one]) => [fact, one.is_closed])

it('[NX3] reads once more what it has sent itself while it read', async () => {
  const { store, hold, letGo, held } = await openStore()
  const { rows, sent, hear } = rowsOver(store)
  const ticket = await ask(store)
  hold()
  hear(ticket)
  await expect.poll(() => held).toHaveLength(1)

  const announcements = rows.announcements('acme')
  const closed = (await store.tickets.close('acme', ticket._id, 'mia'))?.ticket as Ticket
  announcements.notify(ticketAudience('acme', closed), 'ticket_updated', { data: closed })
  announcements.send()
  letGo()

  await expect.poll(() => sent).toHaveLength(2)
  expect(states(sent)).toEqual([
    ['ticket_updated', true],
    ['ticket_updated', true],
  ])
})

it('[NX3] reads once more what a request has in hand while another server’s change is sent', async () => {
  const { store } = await openStore()
  const { rows, sent, hear } = rowsOver(store)
  const announcements = rows.announcements('acme')
  const ticket = await ask(store)
  announcements.notify(ticketAudience('acme', ticket), 'ticket_updated', { data: ticket })
  await store.tickets.close('acme', ticket._id, 'mia')
  hear(ticket)
  await expect.poll(() => sent).toHaveLength(1)

  announcements.send()

  await expect.poll(() => sent).toHaveLength(2)
  expect(states(sent).every(([, isClosed]) => isClosed)).toBe(true)
})

it('[NX4] sends a ticket as new once, however often that is announced', async () => {
  const { store } = await openStore()
  const { rows, sent, hear } = rowsOver(store)
  const ticket = await ask(store)
  hear(ticket, { is_new: true })
  hear(ticket)
  await expect.poll(() => sent).toHaveLength(2)
  hear(ticket, { is_new: true, server: undefined })
  hear(ticket)
  await expect.poll(() => sent).toHaveLength(3)
  expect(sent.map(([fact]) => fact)).toEqual(['new_ticket', 'ticket_updated', 'ticket_updated'])
  await rows.stop()
})

it('[CC4] says of no new ticket that its customer has been told the waiting time', async () => {
  const { store } = await openStore()
  const { rows, sent, hear } = rowsOver(store)
  const told: string[] = []
  rows.onTicket((_, { _id }) => told.push(_id))
  const [one, other] = [await ask(store), await ask(store)]
  hear(one, { is_new: true })
  hear(other)
  await expect.poll(() => sent).toHaveLength(2)
  expect(told).toEqual([other._id])
})

it('[NX5] sends nothing of its own changes, and reads many at a time', async () => {
  const { store } = await openStore()
  const getSome = vi.spyOn(store.tickets, 'getSome')
  const { sent, hear } = rowsOver(store)
  await hire(store, ['mia'])
  const tickets = await Promise.all(Array.from({ length: 150 }, () => ask(store)))
  for (const ticket of tickets) hear(ticket, { server: 'here' })
  for (const ticket of tickets) hear(ticket)
  await expect.poll(() => sent).toHaveLength(150)
  expect(getSome).toHaveBeenCalledTimes(2)
})

it('[NX6] lets the others know later what the log does not take, and fails the request', async () => {
  const { store } = await openStore()
  const { rows, announced, fail } = rowsOver(store)
  const ticket = await ask(store)
  const announcements = rows.announcements('acme')
  announcements.notify(ticketAudience('acme', ticket), 'ticket_updated', { data: ticket })
  fail(true)
  await expect(announcements.share()).rejects.toThrow(StoreUnavailableError)
  fail(false)
  await expect.poll(() => announced).toHaveLength(1)
  // With its own name: it sends it itself, also of a request that fails.
  expect(announced[0]).toEqual({
    server: 'here',
    ...{ kind: 'ticket_changed', workspace_id: 'acme', ticket_id: ticket._id },
    ...{ user_id: ticket.user_id, is_new: false, lines: linesOf(ticket) },
  })
})

it('[NX6] reads what cannot be read now as soon as it can be, and says so once', async () => {
  const { store } = await openStore()
  const { getSome } = store.tickets
  let isDown = true
  store.tickets.getSome = async (...args) => {
    if (isDown) throw new StoreUnavailableError()
    return getSome(...args)
  }
  const { sent, errors, hear } = rowsOver(store)
  hear(await ask(store))
  await expect.poll(() => errors).toHaveLength(1)
  isDown = false
  await expect.poll(() => sent).toHaveLength(1)
  expect(errors).toHaveLength(1)
})
