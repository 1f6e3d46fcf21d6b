import { randomUUID } from 'node:crypto'
import { openSocket, type TestSocket } from '../../../packages/server/src/testing/test-socket.ts'
import { pick, type Random, seeded } from '../stores/random.ts'

const pauseMs = 20
const rooms = Array.from({ length: 5 }, (_, n) => `room ${n}`)

/** People who talk, call, ask for help, come and go. */
export class Crowd {
  readonly problems: string[] = []
  #isOver = false
  readonly #work: Promise<unknown>
  asked = 0

  constructor(url: string, size: number) {
    this.#work = Promise.all(Array.from({ length: size }, (_, n) => this.#live(url, n, seeded(n))))
  }

  /** Resolves when everybody has left. */
  async leave(): Promise<void> {
    this.#isOver = true
    await this.#work
  }

  async #live(url: string, n: number, random: Random): Promise<void> {
    while (!this.#isOver) {
      const socket = await enter(url, `person ${n}`)
      try {
        await this.#visit(socket, random)
      } catch (error) {
        this.problems.push((error as Error).message.slice(0, 300))
        if (this.problems.length > 20) return
      } finally {
        socket.socket.disconnect()
      }
    }
  }

  async #visit(socket: TestSocket, random: Random): Promise<void> {
    const room = pick(random, rooms)
    await socket.request('join', { room })
    for (let step = 0; step < 100 && !this.#isOver; step++) {
      await pick(random, doings)(socket, room)
      this.asked += 1
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }
}

async function enter(url: string, user_id: string): Promise<TestSocket> {
  const auth = {
    protocol: 1,
    workspace_id: 'calm',
    api_key: 'calm-key',
    user_id,
    role: 'agent',
    device_id: randomUUID(),
  }
  return openSocket(url, { transports: ['websocket'], auth }, { kept: () => undefined }).admitted()
}

type Doing = (socket: TestSocket, room: string) => Promise<unknown>

const say: Doing = (socket, room_id) =>
  socket.request('message_event', { room_id, message_data: 'Hello, how are you?', cid: randomUUID() })
const read: Doing = (socket, room) => socket.request('join', { room, limit: 50 })
const help: Doing = async (socket) => {
  const { _id: ticket_id } = await socket.request('create_ticket', { product: 'billing', cid: randomUUID() })
  await socket.request('ticket_message_event', { ticket_id, message_data: 'Please help', cid: randomUUID() })
  await socket.request('close_ticket', { ticket_id })
}
// Whoever is called may just have left.
const call: Doing = async (socket, room) => {
  const called = await socket.ask('callUser', {
    userToCall: room,
    signalData: 'x',
    from: '',
    cid: randomUUID(),
  })
  if (called.status === 'success')
    await socket.ask('endCall', { callId: (called.data as { callId: string }).callId })
}

const doings: readonly Doing[] = [say, say, say, say, read, read, help, call]
