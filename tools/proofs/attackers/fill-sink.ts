import { connect, type Socket } from 'node:net'
import type { AttackOptions } from './attack.ts'
import type { Told } from './attackers.ts'
import { attacks } from './attacks.ts'

const batch = 50
const turn = () => new Promise((resolve) => setImmediate(resolve))

/** Sends the same frames, as fast, to a plain TCP connection that nobody answers on. */
export async function fill({ name, port, durationMs, localAddress }: AttackOptions): Promise<Told> {
  const until = performance.now() + durationMs
  const attack = attacks[name]
  let [sent, connections, step] = [0, 0, 0]
  while (performance.now() < until) {
    const socket = await open(port, localAddress)
    connections += 1
    if (!('isHandshake' in attack))
      while (performance.now() < until && !socket.destroyed) {
        for (let each = 0; each < batch; each++)
          for (const frame of attack.frames(step++)) socket.write(`\u0081\u00fe    ${frame}`, 'latin1')
        sent += batch
        do await turn()
        while (socket.writableLength > 1_048_576 && performance.now() < until)
      }
    socket.destroy()
  }
  return { sent, connections, refused: 0, toldMs: undefined, longestMs: 0 }
}

function open(port: number, localAddress: string): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, localAddress })
  socket.on('error', () => undefined)
  return new Promise((resolve) => socket.once('connect', () => resolve(socket)))
}
