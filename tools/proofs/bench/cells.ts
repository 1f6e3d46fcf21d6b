import { wait } from './cpu.ts'
import { nextUser } from './ids.ts'
import type { Cell } from './measure.ts'
import { sendMessages } from './message-load.ts'
import type { RawSocket } from './raw-socket.ts'
import { repeat } from './repeat.ts'
import { type Contestant, expectSuccess } from './servers.ts'

const messagesPerRoom = 50
const roomsPerConnection = 5

function filledRoom(n: number): string {
  return `filled-${n}`
}

/** `members` sockets in a room, and one of them, or each of the first `senders`, sending `messages` of them. */
export async function fanOut(
  server: Contestant,
  shape: { members: number; senders: number; inFlight: number; burst?: boolean; messages: number },
): Promise<Cell> {
  const room = `fan-${shape.members}-${shape.inFlight}-${shape.senders}`
  const receivers: RawSocket[] = []
  for (let n = 0; n < shape.members; n += 1) receivers.push(await server.join(nextUser(), room))
  const senders = receivers.slice(0, shape.senders)
  const { inFlight, burst = false } = shape
  return {
    async run() {
      const plan = { receivers, senders, room: () => room, inFlight, burst }
      const { deliveredMs } = await sendMessages(plan, shape.messages)
      return { units: shape.messages * shape.members, latenciesMs: deliveredMs }
    },
  }
}

/** Messages to an empty room: the server only stores and acknowledges them. */
export async function accept(
  server: Contestant,
  shape: { senders: number; inFlight: number; messages: number },
): Promise<Cell> {
  const senders: RawSocket[] = []
  for (let n = 0; n < shape.senders; n += 1) senders.push(await server.connect(nextUser()))
  const room = `accept-${shape.inFlight}-${shape.senders}`
  return {
    async run() {
      const plan = { receivers: [], senders, room: () => room, inFlight: shape.inFlight }
      const { acknowledgedMs } = await sendMessages(plan, shape.messages)
      return { units: shape.messages, latenciesMs: acknowledgedMs }
    },
  }
}

/**
 * Connections that join five rooms of 50 messages: always the same ones, or other rooms each time, with a message since
 * anybody joined them, so that no page of theirs is kept. Of users nobody has seen before, or, where they `areBack`, of the same ones
 * in each round.
 */
export async function connections(
  server: Contestant,
  shape: { count: number; rooms: number; cold: boolean; areBack?: boolean },
): Promise<Cell> {
  const sender = await server.connect(nextUser())
  const regulars = shape.areBack ? Array.from({ length: shape.count }, nextUser) : []
  let connected = 0
  let nextRoom = 0
  let open: RawSocket[] = []

  const roomOf = (n: number) => filledRoom(n % shape.rooms)

  async function connect(firstRoom: number): Promise<void> {
    const user = regulars[connected % shape.count] ?? nextUser()
    connected += 1
    const socket = await server.connect(user)
    open.push(socket)
    const joins = Array.from({ length: roomsPerConnection }, (_, n) =>
      socket.request('join', { room: roomOf(firstRoom + n) }),
    )
    for (const answer of await Promise.all(joins)) expectSuccess(answer)
  }

  return {
    async prepare() {
      const plan = {
        receivers: [],
        senders: [sender],
        room: (n: number) => roomOf(nextRoom + n),
        inFlight: 64,
      }
      if (shape.cold) await sendMessages(plan, shape.count * roomsPerConnection)
    },
    run() {
      const connectNext = () => {
        const firstRoom = nextRoom
        if (shape.cold) nextRoom += roomsPerConnection
        return connect(firstRoom)
      }
      return repeat(shape.count, connectNext, 8)
    },
    async finish() {
      for (const socket of open) socket.close()
      open = []
      await wait(100)
    },
  }
}

/** How long another user waits while 64 messages are always in flight: answers to one small request at a time. */
export async function smallRequest(
  server: Contestant,
  shape: { messages: number; event: string },
): Promise<Cell> {
  const asking = await server.connect(nextUser())
  const sending = await accept(server, { senders: 1, inFlight: 64, messages: shape.messages })
  return {
    async run() {
      const latenciesMs: number[] = []
      let over = false
      const sent = sending.run().finally(() => {
        over = true
      })
      while (!over) {
        const start = performance.now()
        expectSuccess(await asking.request(shape.event, { room: 'a small request' }))
        latenciesMs.push(performance.now() - start)
        await wait(Math.random() * 3) // out of step with the batches
      }
      return { units: (await sent).units, latenciesMs }
    },
  }
}

/** Warms up with connections that come and go and rooms that fill, so that code is compiled and the log has some length. */
export async function warmUp(
  server: Contestant,
  size: { connections: number; rooms: number },
): Promise<void> {
  await repeat(size.connections, async () => (await server.join(nextUser(), 'warm-up')).close(), 8)

  const senders: RawSocket[] = []
  for (let n = 0; n < 4; n += 1) senders.push(await server.connect(nextUser()))
  // Ten messages per visit, so that a room's rows are scattered, as in real use.
  const room = (n: number) => filledRoom(Math.floor(n / 10) % size.rooms)
  await sendMessages({ receivers: [], senders, room, inFlight: 64 }, size.rooms * messagesPerRoom)
  for (const sender of senders) sender.close()
}
