import { setTimeout as wait } from 'node:timers/promises'
import { type ErrorBody, protocolVersion } from '@dowellchat/protocol'
import { StartError } from '../../errors.ts'
import type { Operator } from './requests.ts'

const mostTries = 10

interface Answer {
  readonly status: string
  readonly data: unknown
  readonly error?: ErrorBody
}

interface Server {
  readonly url: string
  /** Of its sockets. */
  readonly path: string
  readonly key: string
  readonly workspaceId: string
}

// Packets of Engine.IO and Socket.IO: https://socket.io/docs/v4/engine-io-protocol, …/socket-io-protocol
const separator = '\u001e'
const [ping, pong, connect, disconnect, event, answer, refused] = ['2', '3', '40', '41', '42', '43', '44']

/** Sends an operator's requests to a running server, by long polling: it needs no further package. */
export async function openOnline({ url, path, key, workspaceId }: Server): Promise<Operator> {
  const polling = await openPolling(`${url.replace(/\/$/, '')}${path}`)
  const identity = { workspace_id: workspaceId, api_key: key, user_id: 'operator' }
  await polling.send(connect + JSON.stringify({ protocol: protocolVersion, ...identity }))
  const admitted = await polling.until((packet) => packet.startsWith(connect) || packet.startsWith(refused))
  if (admitted.startsWith(refused)) throw new StartError(`The server refuses the key: ${messageIn(admitted)}`)
  let asked = 0

  async function askOnce(name: string, payload: unknown): Promise<Answer> {
    const id = asked++
    await polling.send(`${event}${id}${JSON.stringify([name, payload])}`)
    const prefix = `${answer}${id}[`
    const packet = await polling.until((one) => one.startsWith(prefix))
    const [answered] = JSON.parse(packet.slice(prefix.length - 1)) as [Answer]
    return answered
  }

  return {
    async request(name, payload) {
      let answered = await askOnce(name, payload)
      // Long walks, such as erasing somebody, ask more often than the server likes.
      for (let tries = 1; answered.error?.code === 'rate_limited' && tries < mostTries; tries++) {
        await wait(answered.error.retry_after_ms ?? 1_000)
        answered = await askOnce(name, payload)
      }
      if (answered.error) throw new StartError(`${answered.error.code}: ${answered.error.message}`)
      // What a server of ours answers is in the contract's form.
      return answered.data as never
    },
    async close() {
      await polling.send(disconnect).catch(() => undefined)
    },
  }
}

interface Polling {
  send(packet: string): Promise<void>
  /** The first packet that matches; others are dropped. */
  until(matches: (packet: string) => boolean): Promise<string>
}

async function openPolling(place: string): Promise<Polling> {
  const base = `${place}/?EIO=4&transport=polling`
  const opened = await ask(base)
  const { sid } = JSON.parse(opened.slice(1)) as { sid: string }
  const address = `${base}&sid=${encodeURIComponent(sid)}`
  const packets: string[] = []
  const send = async (packet: string): Promise<void> => {
    await ask(address, packet)
  }

  return {
    send,
    async until(matches) {
      for (;;) {
        for (let packet = packets.shift(); packet !== undefined; packet = packets.shift()) {
          if (packet === ping) await send(pong)
          if (matches(packet)) return packet
          if (packet.startsWith(disconnect)) throw new StartError('The server has closed the connection')
        }
        packets.push(...(await ask(address)).split(separator))
      }
    },
  }
}

async function ask(address: string, body?: string): Promise<string> {
  const { origin } = new URL(address)
  let response: Response
  try {
    response = await fetch(address, body === undefined ? {} : { method: 'POST', body })
  } catch (cause) {
    throw new StartError(`${origin} cannot be reached: ${(cause as Error).message}`, { cause })
  }
  const text = await response.text()
  if (!response.ok) throw new StartError(`${origin} answers ${response.status}: is it a chat server?`)
  return text
}

function messageIn(packet: string): string {
  const { message } = JSON.parse(packet.slice(refused.length)) as { message: string }
  return message
}
