// A process that holds idle connections: it opens as many as it is told to, answers pings, and counts those that live.
import { makeAuth } from '../bench/ids.ts'
import { RawSocket } from '../bench/raw-socket.ts'
import { within } from '../stores/within.ts'
import type { Answer, Order } from './crowd.ts'

const roomMembers = 20
const lanes = 16
const openMs = 20_000
/** After so many failures in a row nobody else gets in. */
const mostFailures = 50

const ending = new AbortController()
const sockets: RawSocket[] = []
let lost = 0

async function openOne({ port, from }: Order, user: number): Promise<void> {
  const socket = await RawSocket.open(port, makeAuth(user), ending.signal, { from })
  socket.onFailure = () => {
    lost += 1
  }
  sockets.push(socket)
  const joined = await socket.request('join', { room: `idle-${Math.floor(user / roomMembers)}` })
  if ((joined as { status?: string }).status !== 'success') throw new Error(JSON.stringify(joined))
}

async function open(order: Order): Promise<Answer> {
  let next = order.first
  let failures = 0
  let failure: string | null = null
  async function lane(): Promise<void> {
    while (next < order.first + order.count && failures < mostFailures) {
      next += 1
      try {
        await within(openOne(order, next), openMs, 'The server did not answer')
      } catch (error) {
        failures += 1
        failure = error instanceof Error ? error.message : String(error)
      }
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return { open: sockets.length - lost, lost, failures, failure }
}

process.on('message', async (order: Order) => {
  process.send?.(await open(order))
})
process.on('disconnect', () => process.exit())
process.send?.({ open: 0, lost: 0, failures: 0, failure: null } satisfies Answer)
