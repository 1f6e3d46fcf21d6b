import { randomUUID } from 'node:crypto'
import { between, pick, type Random } from '../stores/random.ts'
import type { Dialect, Generator } from './generator.ts'
import { openPolling, openWebSocket } from './wire.ts'

/** Who says what: the address is what a proxy would say of it. */
interface Visitor {
  readonly dialect: Dialect
  readonly address: string
  readonly open: typeof openWebSocket
  /** What it says to get in; undefined says nothing. */
  readonly handshake: string | undefined
}

export function visitor(random: Random): Visitor {
  const byte = () => Math.floor(between(random, 1, 255))
  const address = `10.${byte()}.${byte()}.${byte()}`
  const open = random() < 0.85 ? openWebSocket : openPolling
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
  return { dialect, address, open, handshake }
}

/** Sends rounds of frames until the server closes the connection; answers how many it sent. */
export async function fuzzOnce(
  url: string,
  random: Random,
  generator: Generator,
  most: number,
): Promise<number> {
  const { dialect, address, open, handshake } = visitor(random)
  let onFrame = (_frame: string): void => {}
  const wire = open({
    url,
    address,
    onFrame(frame) {
      if (frame === '2') void wire.send(['3'])
      else if (frame.startsWith('43')) generator.learn(frame)
      onFrame(frame)
    },
  })
  let isOpen = true
  const ended = wire.ended.finally(() => {
    isOpen = false
  })
  const arrived = (start: string): Promise<'arrived'> =>
    new Promise((resolve) => {
      onFrame = (frame) => {
        if (frame.startsWith(start)) resolve('arrived')
      }
    })
  if ((await Promise.race([arrived('0'), ended])) === 'ended') return 0
  if (handshake !== undefined) {
    const admitted = arrived('4')
    await wire.send([handshake])
    if ((await Promise.race([admitted, ended])) === 'ended') return 0
  }
  let sent = 0
  while (isOpen && sent < most) {
    const isTaken = await wire.send(generator.round(dialect))
    if (isTaken) sent += 10
  }
  wire.hangUp()
  await ended
  return sent
}
