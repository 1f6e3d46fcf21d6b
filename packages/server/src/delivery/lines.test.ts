import { setTimeout as pause } from 'node:timers/promises'
import type { LineManager, Ticket } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { until } from '../../tests/support/sockets.ts'
import {
  createTickets,
  loadsOf,
  makeLineManager,
  newTicket,
  withLine,
} from '../../tests/support/ticket-line.ts'
import { embeddedStore } from '../stores/embedded/index.ts'
import { type Store, StoreUnavailableError } from '../stores/store.ts'

const logger = { info: () => {}, warn: () => {}, error: () => {} }

/** A store that counts the looks at its lines, and fails at some. */
async function failingStore(): Promise<{ store: Store; fail(times: number): void; looks(): number }> {
  const embedded = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => embedded.close())
  let [left, looks] = [0, 0]
  const assignWaiting: Store['tickets']['assignWaiting'] = async (...args) => {
    left -= 1
    looks += 1
    if (left >= 0) throw new StoreUnavailableError('as planned')
    return embedded.tickets.assignWaiting(...args)
  }
  const store = { ...embedded, tickets: { ...embedded.tickets, assignWaiting }, close: async () => {} }
  return {
    store,
    looks: () => looks,
    fail(times) {
      left = times
    },
  }
}

it('[TK1, LN20] answers a ticket that is made though its line cannot be looked at, which happens behind', async () => {
  const { store, fail } = await failingStore()
  const { chat, admin } = await withLine([1], { store, logger })
  const ann = await chat.connect('ann')
  const [held] = (await createTickets(ann, 1)) as [Ticket]
  fail(2)
  const ticket = await ann.request('create_ticket', newTicket())
  expect(ticket).toMatchObject({ state: 'waiting', line_manager: null })
  // As another server does, which ends before it gives what waits.
  await store.tickets.close('demo', held._id, 'root')
  await admin.first('ticket_updated', ({ data }) => data._id === ticket._id && data.state === 'assigned')
})

type Move = Store['tickets']['move']

/** A ticket that the function of a team gives, over a store that takes it in a way of its own, and those who are told of it. */
async function givenTicket(take: (move: Move) => Move) {
  const { store: embedded } = await failingStore()
  const { move } = embedded.tickets
  const taking = take(move)
  const moveAny: Move = (...args) => (args[2].kind === 'take' ? taking : move)(...args)
  const store = { ...embedded, tickets: { ...embedded.tickets, move: moveAny } }
  const strategy = (_ticket: Ticket, [first]: readonly LineManager[]) => first?.user_id ?? null
  const { chat, admin } = await withLine([null], { store, logger, strategy })
  const ann = await chat.connect('ann')
  const { _id } = await ann.request('create_ticket', newTicket())
  for (const socket of [ann, admin])
    await socket.first('ticket_updated', ({ data }) => data._id === _id && data.line_manager === 'manager-1')
  return { ann, admin, _id }
}

it('[LN12] tells whom a ticket was given to by the function of a team, also where the answer of the store was lost', async () => {
  let isLost = true
  const { ann, admin, _id } = await givenTicket((move) => async (...args) => {
    const moved = await move(...args)
    if (!isLost) return moved
    isLost = false
    throw new StoreUnavailableError('as planned')
  })
  // It is told once.
  await ann.request('create_ticket', newTicket())
  await admin.settle()
  const told = admin.frames.filter(([, frame]) => (frame as { data?: Ticket } | undefined)?.data?._id === _id)
  expect(told.map(([event]) => event)).toEqual(['new_ticket', 'ticket_updated'])
})

it('[LN12] tells whom a ticket was given to late, when the next look was about to give it', async () => {
  let late: (() => Promise<unknown>) | undefined
  await givenTicket((move) => async (...args) => {
    const now = () => move(...args)
    if (late) {
      await late()
      return now()
    }
    late = now
    throw new StoreUnavailableError('as planned')
  })
})

it('[LN12] looks at the lines once for each who makes room, where that gives all that can be given', async () => {
  const { store, looks } = await failingStore()
  const { chat, admin } = await withLine([1], { store })
  const tickets = await createTickets(await chat.connect('ann'), 6)
  const before = looks()
  for (const { _id: ticket_id } of tickets) await admin.request('close_ticket', { ticket_id })
  expect(looks() - before).toBe(6)
})

it('[LN12] answers whoever makes room once the first are given, however slowly the function of a team chooses', async () => {
  let [choices, choosing, most] = [0, 0, 0]
  const { chat, admin } = await withLine([], {
    strategy: async (_ticket, [first]) => {
      choices += 1
      choosing += 1
      most = Math.max(most, choosing)
      await pause(210)
      choosing -= 1
      return first?.user_id ?? null
    },
  })
  const ann = await chat.connect('ann')
  await createTickets(ann, 10)
  await Promise.all([makeLineManager(admin, 1), ann.request('create_ticket', newTicket())])
  expect(choices).toBeLessThan(6)
  await until(async () => expect(await loadsOf(admin)).toEqual([11]))
  expect([choices, most]).toEqual([11, 1])
})
