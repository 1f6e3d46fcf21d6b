import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'
import { between, pick, type Random } from '../stores/random.ts'
import type { Dialect, Generator } from './generator.ts'

const deadlineMs = 20_000

/** Who says what: the address is what a proxy would say of it. */
interface Visitor {
  readonly dialect: Dialect
  readonly address: string
  /** What it says to get in; undefined says nothing. */
  readonly handshake: string | undefined
}

export function visitor(random: Random): Visitor {
  const byte = () => Math.floor(between(random, 1, 255))
  const address = `10.${byte()}.${byte()}.${byte()}`
  const dialect = random() < 0.75 ? 'current' : 'v2'
  const identity = {
    workspace_id: 'fuzz',
    api_key: 'fuzz-key',
    user_id: `u${Math.floor(random() * 8)}`,
    role: pick(random, ['admin', 'admin', 'admin', 'agent', 'customer']),
  }
  const protocol = { protocol: 1, device_id: randomUUID() }
  const auth = dialect === 'v2' ? (random() < 0.5 ? {} : identity) : { ...identity, ...protocol }
  const handshake = random() < 0.02 ? undefined : `40${JSON.stringify(auth)}`
  return { dialect, address, handshake }
}

/** Sends rounds of frames until the server closes the connection; answers how many it sent. */
export async function fuzzOnce(
  url: string,
  random: Random,
  generator: Generator,
  most: number,
): Promise<number> {
  const { dialect, address, handshake } = visitor(random)
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
    headers: { 'x-forwarded-for': address },
    perMessageDeflate: false,
    handshakeTimeout: deadlineMs,
  })
  let isOpen = true
  const ended = new Promise<'ended'>((resolve) => {
    socket.on('close', () => {
      isOpen = false
      resolve('ended')
    })
  })
  // A server that hangs up, or refuses, is what all this is about.
  socket.on('error', () => undefined)
  let onFrame = (_frame: string): void => {}
  socket.on('message', (data) => {
    const frame = String(data)
    if (frame === '2') socket.send('3')
    else if (frame.startsWith('43')) generator.learn(frame)
    onFrame(frame)
  })
  const arrived = (start: string): Promise<'arrived'> =>
    new Promise((resolve) => {
      onFrame = (frame) => {
        if (frame.startsWith(start)) resolve('arrived')
      }
    })
  const opened = await Promise.race([arrived('0'), ended])
  if (opened === 'ended') return 0
  if (handshake !== undefined) {
    const admitted = arrived('4')
    socket.send(handshake)
    if ((await Promise.race([admitted, ended])) === 'ended') return 0
  }
  let sent = 0
  while (isOpen && sent < most) {
    for (const frame of generator.round(dialect)) socket.send(frame)
    sent += 10
    const ponged = new Promise((resolve) => socket.once('pong', resolve))
    socket.ping()
    await Promise.race([ponged, ended])
  }
  socket.terminate()
  await ended
  return sent
}
