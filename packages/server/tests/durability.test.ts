import { randomUUID } from 'node:crypto'
import type { Message, PayloadOf, Position, RequestName } from '@dowellchat/protocol'
import { describe, expect, it } from 'vitest'
import { messagesIn, type TestSocket } from '../src/testing/test-socket.ts'
import { type ServerProcess, shop, startProcess, temporaryFolder } from './support/server-process.ts'
import {
  everybody,
  lineManager,
  message,
  type NewMessage,
  openShopFloor,
  product,
  room,
  shopFloor,
} from './support/shop-floor.ts'
import { connectAs, readBackwards, readForwards, until } from './support/sockets.ts'
import { breakDisk, delayMs, needStrace } from './support/strace.ts'
import { type Arrival, timeWalk } from './support/walk.ts'

describe('a server that is killed', () => {
  const senders = ['ada', 'ben', 'cleo', 'dan', 'eve', 'fay', 'gil', 'hal']
  const messagesOfEach = 125
  const killedAfter = 300

  it('[DU1] has every acknowledged message, once and in order, and goes on where it was', async () => {
    const dataDir = temporaryFolder()
    const server = await startProcess({ env: shop(dataDir) })
    const listener = await connectAs(server.url, 'listener')
    const { epoch } = await listener.request('join', { room })
    const outbox = senders.map((author) => ({ author, messages: messagesOf(author) }))

    const acknowledged = new Map<string, Message>()
    const note = (stored: Message): void => {
      acknowledged.set(stored.cid, stored)
      if (acknowledged.size === killedAfter) server.signal('SIGKILL')
    }
    await Promise.allSettled(outbox.map(({ author, messages }) => sendAll(server, author, messages, note)))
    await server.exited()
    const pushed = messagesIn(listener.frames)
    expect(acknowledged.size).toBeGreaterThanOrEqual(killedAfter)
    expect(acknowledged.size).toBeLessThan(senders.length * messagesOfEach)

    const restarted = await startProcess({ env: shop(dataDir) })
    const reader = await connectAs(restarted.url, 'reader')
    const kept = await readForwards(reader, room)
    expect(await readBackwards(reader, room)).toEqual(kept)
    expectWhole(kept)
    expectAmong(kept, acknowledged.values())
    expectAmong(kept, pushed)
    for (const { author, messages } of outbox) {
      const ofAuthor = cidsOf(kept, author)
      expect(ofAuthor, 'what is kept of a sender is what it sent first').toEqual(
        messages.slice(0, ofAuthor.length).map(({ cid }) => cid),
      )
    }
    for (const last of [pushed[0], pushed[Math.floor(pushed.length / 2)], pushed.at(-1)]) {
      await expectContinued(reader, { epoch, seq: last?.seq ?? 0, id: last?._id ?? null }, kept)
    }

    const retries = outbox.map(({ author, messages }) => {
      const unanswered = messages.filter(({ cid }) => !acknowledged.has(cid))
      return sendAll(restarted, author, unanswered, note)
    })
    await Promise.all(retries)
    const all = await readForwards(reader, room)
    expectWhole(all)
    expect(all.slice(0, kept.length)).toEqual(kept)
    expectAmong(all, acknowledged.values())
    for (const { author, messages } of outbox) {
      expect(cidsOf(all, author)).toEqual(messages.map(({ cid }) => cid))
    }
  })

  function messagesOf(author: string): NewMessage[] {
    return Array.from({ length: messagesOfEach }, (_, at) => message(`${author} ${at}`))
  }

  /** Fails unless the entries after the position are there, without a reset. */
  async function expectContinued(
    reader: TestSocket,
    position: Position,
    kept: readonly Message[],
  ): Promise<void> {
    const page = await reader.request('join', { room, position })
    expect(page).not.toHaveProperty('reset')
    expect(page.epoch).toBe(position.epoch)
    const following = kept.slice(position.seq)
    expect(page.entries).toEqual(following.slice(0, page.entries.length))
    expect(page.more).toBe(page.entries.length < following.length)
    expect(page.entries.length > 0).toBe(following.length > 0)
  }
})

describe('a server on a slow disk', () => {
  it('[DU2] acknowledges and pushes nothing before it is on the disk, in either dialect', async (test) => {
    await needStrace(test)
    expectDurable(await arrivalsOnSlowDisk(await startProcess({ env: shop(temporaryFolder(), shopFloor) })))
  })

  it('[DU3] would be found out if it did not wait for the disk', async (test) => {
    await needStrace(test)
    const preload = new URL('./support/synchronous-off.mjs', import.meta.url).href
    const hasty = await startProcess({
      env: shop(temporaryFolder(), shopFloor),
      preload,
    })
    await until(() => expect(hasty.stderr).toContain('synchronous=0'))
    const arrivals = await arrivalsOnSlowDisk(hasty)
    expect(() => expectDurable(arrivals)).toThrow('before it was on the disk')
  })

  async function arrivalsOnSlowDisk(server: ServerProcess): Promise<Arrival[]> {
    const floor = await openShopFloor(server.url)
    await breakDisk(server.pid, 'delay')
    return timeWalk(floor)
  }

  function expectDurable(arrivals: readonly Arrival[]): void {
    expect(arrivals.length).toBeGreaterThan(0)
    const early = arrivals.filter(({ afterMs }) => afterMs < delayMs)
    expect(early, 'this came before it was on the disk').toEqual([])
  }
})

describe('a server on a failing disk', () => {
  it('[DU4] says so to every sender and tells nobody else, and works again afterwards', async (test) => {
    await needStrace(test)
    const server = await startProcess({ env: shop(temporaryFolder(), shopFloor) })
    const floor = await openShopFloor(server.url)
    const { key, ann, bob, agent, admin, page, otherPage, ticket } = floor
    const first = await ann.request('message_event', message('the first'))
    for (const member of [ann, bob]) await member.untilHeard('entries')
    for (const member of [page, otherPage]) await member.untilHeard('my_response')
    const repair = await breakDisk(server.pid, 'error')
    for (const client of Object.values(everybody(floor))) client.skip()

    const text = { ticket_id: ticket._id, message_data: 'anybody there?', cid: randomUUID() }
    const burst = Array.from({ length: 10 }, (_, at): Request[] => [
      [ann, 'message_event', message(`ann ${at}`)],
      [bob, 'message_event', message(`bob ${at}`)],
    ])
    const requests: readonly Request[] = [
      ...burst.flat(),
      [ann, 'ticket_message_event', text],
      [bob, 'create_ticket', { product, cid: randomUUID() }],
      [bob, 'callUser', { userToCall: 'ann', signalData: 'offer', cid: randomUUID() }],
      [bob, 'join', { room: 'attic' }],
      [agent, 'close_ticket', { ticket_id: ticket._id }],
      [admin, 'create_topic', { name: 'repairs', cid: randomUUID() }],
      [admin, 'create_line_manager', lineManager('moe')],
    ]
    const answers = await Promise.all(requests.map(([sender, event, payload]) => sender.ask(event, payload)))
    expect(answers).toEqual(requests.map(([, event]) => unavailable(event)))

    ann.emit('message_event', message('without acknowledgement'))
    await ann.untilHeard('error_response')
    const ofV2: readonly [event: string, payload: object, answer: string, operation: string][] = [
      ['message_event', { room_id: room, message_data: 'x' }, 'my_response', 'message_event'],
      ['join', { room: 'cellar' }, 'my_response', 'join'],
      ['ticket_message_event', { ...key, ...text }, 'error_response', 'send_message'],
      ['create_ticket', { ...key, product }, 'ticket_response', 'create_ticket'],
      ['close_ticket', { ...key, ticket_id: ticket._id }, 'ticket_response', 'close_ticket'],
      ['create_topic', { ...key, name: 'v2' }, 'setting_response', 'create_topic'],
      ['create_line_manager', { ...key, ...lineManager('mia') }, 'setting_response', 'create_line_manager'],
      ['callUser', { userToCall: 'ann', signalData: 'offer' }, 'error_response', 'callUser'],
    ]
    for (const [event, payload] of ofV2) page.emit(event, payload)
    await page.untilHeard(...ofV2.map(([, , answer]) => answer))
    await settle(Object.values(everybody(floor)), key)
    expect(ann.unread).toEqual([['error_response', unavailable('message_event')]])
    expect(page.unread).toHaveLength(ofV2.length)
    const told = ofV2.map(([, , answer, operation]) => [
      answer,
      { status: 'failure', data: expect.any(String), operation },
    ])
    expect(page.unread).toEqual(expect.arrayContaining(told))
    for (const bystander of [bob, agent, admin, otherPage]) expect(bystander.unread).toEqual([])

    await repair()
    for (const [sender, event, payload] of requests) await sender.request(event, payload)
    await Promise.all(burst.flat().map(([sender, event, payload]) => sender.request(event, payload)))
    const cids = burst.flat().map(([, , payload]) => (payload as NewMessage).cid)
    const all = await readForwards(ann, room)
    expectWhole(all)
    expect(all.map(({ cid }) => cid)).toEqual([first.cid, ...cids])
    for (const member of [ann, bob]) {
      await member.untilHeard(...cids.map(() => 'entries'))
      expect(messagesIn(member.unread).filter(({ stream }) => stream === first.stream)).toEqual(all.slice(1))
    }
    const conversation = await agent.request('get_ticket_messages', { ticket_id: ticket._id })
    expectWhole(conversation)
    expect(conversation.map(({ kind, message_data }) => [kind, message_data])).toEqual([
      ['text', text.message_data],
      ['closed', 'Ticket Closed'],
    ])
    const { tickets } = await admin.request('get_tickets', {})
    expect(tickets.map(({ user_id, is_closed }) => [user_id, is_closed])).toEqual([
      ['bob', false],
      ['ann', true],
    ])
    expect((await ann.request('get_all_topics', {})).map(({ name }) => name)).toEqual([product, 'repairs'])
    const managers = await ann.request('get_all_line_managers', {})
    expect(managers.map(({ user_id }) => user_id)).toEqual(['max', 'moe'])
    expect(agent.unread.filter(([event]) => event === 'new_ticket')).toHaveLength(1)
  })

  it('[DU5] may know a refused message after a kill, and then has it once after its retry', async (test) => {
    await needStrace(test)
    const dataDir = temporaryFolder()
    const server = await startProcess({ env: shop(dataDir) })
    const sender = await connectAs(server.url, 'ann')
    const stored = [message('first'), message('second')]
    for (const one of stored) await sender.request('message_event', one)
    await breakDisk(server.pid, 'error')
    const refused = [message('third'), message('fourth')]
    for (const one of refused)
      expect(await sender.ask('message_event', one)).toEqual(unavailable('message_event'))
    await server.stop('SIGKILL')

    const restarted = await startProcess({ env: shop(dataDir) })
    const again = await connectAs(restarted.url, 'ann')
    for (const one of [...refused, ...stored]) await again.request('message_event', one)

    const all = await readForwards(again, room)
    expectWhole(all)
    const texts = all.map(({ message_data }) => message_data)
    expect(texts.slice(0, 2)).toEqual(['first', 'second'])
    // An unacknowledged message may have been stored before the kill, so it may come in either place.
    expect(texts.slice(2).toSorted()).toEqual(['fourth', 'third'])
  })

  function unavailable(operation: string): object {
    const details = { request_id: expect.any(String) }
    const error = { code: 'unavailable', message: expect.any(String), retryable: true, details }
    return { status: 'failure', operation, data: expect.any(String), error }
  }

  /** Makes round trips that only read: everything that was under way has then arrived. */
  async function settle(clients: readonly TestSocket[], key: object): Promise<void> {
    for (let round = 0; round < 2; round++) {
      for (const client of clients) await client.ask('get_all_topics', key)
    }
  }
})

describe('a retry of what was stored', () => {
  it("[DU6] answers a ticket's message also when the ticket is closed by now", async () => {
    const { ann, agent, ticket } = await openShopFloor((await startInMemory()).url)
    const text = { ticket_id: ticket._id, message_data: 'thank you', cid: randomUUID() }
    const stored = await ann.request('ticket_message_event', text)
    await agent.request('close_ticket', { ticket_id: ticket._id })

    expect(await ann.ask('ticket_message_event', text)).toMatchObject({ status: 'success', data: stored })
  })

  it('[DU7] answers a call also when the callee is gone by now', async () => {
    const { ann, bob } = await openShopFloor((await startInMemory()).url)
    const call = { userToCall: 'bob', signalData: 'offer', cid: randomUUID() }
    const stored = await ann.request('callUser', call)
    bob.socket.disconnect()
    await ann.untilHeard('callEnded')

    expect(await ann.ask('callUser', call)).toMatchObject({ status: 'success', data: stored })
  })

  function startInMemory(): Promise<ServerProcess> {
    return startProcess({ env: shop(':memory:', shopFloor) })
  }
})

type Request = readonly [sender: TestSocket, event: RequestName, payload: PayloadOf<RequestName>]

/** Sends the messages in order, a few at a time. Rejects when the connection is lost. */
async function sendAll(
  server: ServerProcess,
  author: string,
  messages: readonly NewMessage[],
  note: (stored: Message) => void,
): Promise<void> {
  const sender = await connectAs(server.url, author)
  const waiting = [...messages]
  const send = async (): Promise<void> => {
    for (let one = waiting.shift(); one; one = waiting.shift())
      note(await sender.request('message_event', one))
  }
  await Promise.all([send(), send(), send(), send()])
}

/** Fails unless the entries begin at 1, have no hole, and no cid twice. */
function expectWhole(entries: readonly Message[]): void {
  const places = entries.map(({ seq, nth }) => [seq, nth])
  expect(places).toEqual(entries.map((_, at) => [at + 1, at + 1]))
  expect(new Set(entries.map(({ cid }) => cid)).size).toBe(entries.length)
}

/** Fails unless each message is stored exactly as it was acknowledged. */
function expectAmong(entries: readonly Message[], some: Iterable<Message>): void {
  for (const one of some) expect(entries[one.seq - 1]).toEqual(one)
}

function cidsOf(entries: readonly Message[], sender: string): string[] {
  return entries.filter(({ author }) => author === sender).map(({ cid }) => cid)
}
