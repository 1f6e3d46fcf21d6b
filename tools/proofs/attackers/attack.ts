import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'
import type { Told } from './attackers.ts'
import { type Attack, type AttackName, attacks } from './attacks.ts'

export interface AttackOptions {
  readonly name: AttackName
  readonly port: number
  readonly durationMs: number
  readonly workspace: string
  readonly key: string
  readonly localAddress: string
}

const batch = 50
const mostBuffered = 1_048_576
const refusals = /"rate_limited"|"unknown_event"|"invalid_payload"|"limit_reached"/

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** Attacks a server for a time, over one connection after the other. */
export async function attack(options: AttackOptions): Promise<Told> {
  const counted = {
    sent: 0,
    connections: 0,
    refused: 0,
    toldMs: undefined as number | undefined,
    longestMs: 0,
  }
  const until = performance.now() + options.durationMs
  for (let step = 0; performance.now() < until; ) {
    const began = performance.now()
    const socket = await connect(options)
    if (!socket) {
      counted.refused += 1
      counted.toldMs ??= performance.now() - began
      await turn()
      continue
    }
    counted.connections += 1
    step = await useUp(socket, attacks[options.name], step, until, counted)
  }
  return counted
}

/** Sends until the connection is closed; answers the next step. */
async function useUp(
  socket: WebSocket,
  { frames, isDeaf, isHandshake }: Attack,
  from: number,
  until: number,
  counted: { sent: number; toldMs: number | undefined; longestMs: number },
): Promise<number> {
  const began = performance.now()
  let isOpen = true
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      isOpen = false
      counted.longestMs = Math.max(counted.longestMs, performance.now() - began)
      resolve()
    })
  })
  if (isHandshake) {
    socket.terminate()
    await closed
    return from
  }
  if (isDeaf) socket.pause()
  socket.on('message', (data) => {
    if (counted.toldMs === undefined && refusals.test(String(data)))
      counted.toldMs = performance.now() - began
  })
  let step = from
  while (isOpen && performance.now() < until) {
    for (let each = 0; each < batch; each++)
      for (const frame of frames(step++)) socket.send(frame, () => undefined)
    counted.sent += batch
    do await turn()
    while (isOpen && socket.bufferedAmount > mostBuffered && performance.now() < until)
    // A paused socket does not notice that it is closed.
    if (isDeaf && step % 5_000 === 0) socket.resume()
  }
  socket.terminate()
  await closed
  return step
}

/** Connects a socket of the current dialect; undefined where it is refused. */
function connect({
  port,
  workspace,
  key,
  name,
  localAddress,
}: AttackOptions): Promise<WebSocket | undefined> {
  const url = `ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`
  const socket = new WebSocket(url, { localAddress, perMessageDeflate: false })
  const identity = { workspace_id: workspace, api_key: key, user_id: `attacker-${name}` }
  const auth = { protocol: 1, device_id: randomUUID(), ...identity }
  return new Promise((resolve) => {
    socket.on('error', () => resolve(undefined))
    socket.on('close', () => resolve(undefined))
    const take = (data: unknown): void => {
      const frame = String(data)
      if (frame.startsWith('0')) socket.send(`40${JSON.stringify(auth)}`)
      else if (frame === '2') socket.send('3')
      else if (frame.startsWith('40')) {
        socket.off('message', take)
        resolve(socket)
      } else if (frame.startsWith('44')) {
        socket.terminate()
        resolve(undefined)
      }
    }
    socket.on('message', take)
  })
}
