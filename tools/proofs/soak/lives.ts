import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Page, Ticket } from '../../../packages/protocol/src/index.ts'
import { type Frame, openSocket, type TestSocket } from '../../../packages/server/src/testing/test-socket.ts'
import { between, pick, type Random } from '../stores/random.ts'
import type { Ledger } from './ledger.ts'
import { key } from './soak-server.ts'

/** What somebody needs for their life. */
export interface World {
  readonly url: string
  readonly ledger: Ledger
  readonly random: Random
  readonly rooms: readonly string[]
  isOver(): boolean
}

const shop = { protocol: 1, workspace_id: 'shop' }
const inRoom = { room: 'soak 0' }
const message = (room_id: string, length = 60) => ({
  ...{ room_id, message_data: 'x'.repeat(length), cid: randomUUID() },
})

const onlyRings = (frame: Frame) => (frame[0] === 'callUser' ? frame : undefined)

/** A connection, undefined and counted if it is refused. */
async function enter(
  { url, ledger }: World,
  auth: object,
  transports = ['websocket'],
): Promise<TestSocket | undefined> {
  const opened = openSocket(url, { transports, auth: { ...auth } }, { kept: onlyRings })
  opened.socket.on('disconnect', (reason) => {
    if (reason !== 'io client disconnect') ledger.fail('closed', `${JSON.stringify(auth)}: ${reason}`)
  })
  try {
    return await opened.admitted()
  } catch (error) {
    opened.socket.disconnect()
    ledger.fail('refused', `${JSON.stringify(auth)}: ${String(error)}`)
    return undefined
  }
}

function enterShop(world: World, user_id: string, more: object = {}): Promise<TestSocket | undefined> {
  return enter(world, { ...shop, api_key: key, user_id, device_id: randomUUID(), ...more })
}

/** Joins a room, talks, pages back, leaves. */
async function talk(world: World, user: string): Promise<void> {
  const { ledger, random, rooms } = world
  const room = pick(random, rooms)
  const socket = await enterShop(world, user)
  if (!socket) return
  const page = await ledger.ask<Page>(socket, 'join', { room })
  for (let n = 0; n < 30 && !world.isOver(); n++) {
    await ledger.say(socket, `shop/${room}`, message(room))
    const before = page?.entries[0]?.nth
    if (page && before !== undefined && n % 5 === 0)
      await ledger.ask(socket, 'get_messages', { stream: page.stream, before })
    await pause(between(random, 100, 600))
  }
  await ledger.ask(socket, 'leave', { room })
  socket.socket.disconnect()
  ledger.did('talks')
}

/** A page of V2, which says nothing of itself, by either transport. */
async function usePage(world: World): Promise<void> {
  const { ledger, random } = world
  const room = pick(random, world.rooms)
  const socket = await enter(world, {}, random() < 0.5 ? ['polling', 'websocket'] : ['websocket'])
  if (!socket) return
  socket.emit('join', { room })
  for (let n = 0; n < 15 && !world.isOver(); n++) {
    await ledger.say(socket, `old/${room}`, message(room))
    await pause(between(random, 200, 800))
  }
  socket.emit('leave', { room })
  socket.socket.disconnect()
  ledger.did('pages of V2')
}

/** Opens a ticket, talks in it, and closes it. */
async function needHelp(world: World, user: string): Promise<void> {
  const { ledger, random } = world
  const socket = await enterShop(world, user)
  if (!socket) return
  const ticket = await ledger.ask<Ticket>(socket, 'create_ticket', { product: 'sales', cid: randomUUID() })
  if (ticket) {
    const ticket_id = ticket._id
    await ledger.ask(socket, 'join_ticket', { ticket_id })
    for (let n = 0; n < 4 && !world.isOver(); n++) {
      const words = { ticket_id, message_data: 'Where is it?', cid: randomUUID() }
      await ledger.ask(socket, 'ticket_message_event', words)
      await pause(between(random, 200, 800))
    }
    await ledger.ask(socket, 'get_tickets', {})
    await ledger.ask(socket, 'close_ticket', { ticket_id })
    ledger.did('tickets')
  }
  socket.socket.disconnect()
}

/** Two people whose call is answered and ended, cancelled, or lost with its caller. */
async function phone(world: World, user: string): Promise<void> {
  const { ledger, random } = world
  // Customers reach only people with whom they share something.
  const [caller, callee] = [
    await enterShop(world, user, { role: 'agent' }),
    await enterShop(world, `${user}'s friend`),
  ]
  if (caller && callee) {
    const offer = { userToCall: `${user}'s friend`, signalData: 'offer', cid: randomUUID() }
    const call = await ledger.ask<{ callId: string }>(caller, 'callUser', offer)
    if (call) {
      const { callId } = call
      // The call of the life before may ring, too, if it has not ended yet.
      await callee.first('callUser', (ringing) => ringing.callId === callId)
      await pause(between(random, 100, 500))
      const end = pick(random, ['answered', 'cancelled', 'lost'])
      if (end === 'answered') await ledger.ask(callee, 'answerCall', { callId, signal: 'answer' })
      if (end !== 'lost') await ledger.ask(caller, 'endCall', { callId })
      ledger.did(`calls ${end}`)
    }
  }
  caller?.socket.disconnect()
  callee?.socket.disconnect()
}

/** A guest, who is somebody new each time. */
async function dropIn(world: World): Promise<void> {
  const { ledger, random } = world
  const socket = await enter(world, { ...shop, guest: true, name: 'Gus' })
  if (!socket) return
  await ledger.ask(socket, 'join', inRoom)
  await ledger.say(socket, `shop/${inRoom.room}`, message(inRoom.room))
  await pause(between(random, 300, 1_500))
  socket.socket.disconnect()
  ledger.did('guests')
}

/** Joins the busiest room, reads nothing for a time, and then reads or is gone. */
async function readSlowly(world: World, user: string): Promise<void> {
  const { ledger, random } = world
  const socket = await enterShop(world, user)
  if (!socket) return
  await ledger.ask(socket, 'join', inRoom)
  const { ws } = socket.socket.io.engine.transport as unknown as { ws: { pause(): void; resume(): void } }
  ws.pause()
  // Long texts fill what the system buffers for it.
  const other = await enterShop(world, `${user}'s friend`)
  for (let n = 0; other && n < 20 && !world.isOver(); n++) {
    await ledger.say(other, `shop/${inRoom.room}`, message(inRoom.room, 7_000))
    await pause(between(random, 300, 700))
  }
  ws.resume()
  if (random() < 0.5) await ledger.ask(socket, 'leave', inRoom)
  other?.socket.disconnect()
  socket.socket.disconnect()
  ledger.did('slow readers')
}

/** Sits there and is called by an attacker. */
async function beCalled(world: World, user: string): Promise<void> {
  const socket = await enterShop(world, user)
  while (socket && !world.isOver()) {
    await world.ledger.ask(socket, 'get_all_topics', {})
    await pause(1_000)
  }
  socket?.socket.disconnect()
}

type Life = (world: World, user: string) => Promise<void>

const lives: Readonly<Record<string, readonly [count: number, life: Life]>> = {
  talker: [8, talk],
  page: [4, usePage],
  customer: [4, needHelp],
  caller: [3, phone],
  guest: [2, dropIn],
  reader: [2, readSlowly],
  victim: [1, beCalled],
}

/** Everybody lives one life after the other until it is over. */
export async function liveTogether(world: World): Promise<void> {
  const people = Object.entries(lives).flatMap(([name, [count, life]]) =>
    Array.from({ length: count }, (_, n) => liveOn(world, life, count === 1 ? name : `${name} ${n}`)),
  )
  await Promise.all(people)
}

async function liveOn(world: World, life: Life, user: string): Promise<void> {
  await pause(between(world.random, 0, 1_000))
  while (!world.isOver()) {
    await life(world, user)
    await pause(between(world.random, 100, 1_000))
  }
}
