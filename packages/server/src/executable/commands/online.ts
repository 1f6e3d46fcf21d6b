import { setTimeout as wait } from 'node:timers/promises'
import { type ErrorBody, protocolVersion } from '@dowellchat/protocol'
import { StartError } from '../../errors.ts'
import { type Operator, operatorId } from './requests.ts'

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
  const polling = await openPolling(`${addressOf(url)}${path}`)
  const identity = { workspace_id: workspaceId, api_key: key, user_id: operatorId }
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

/** @throws StartError that shows no password */
function addressOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const named = '--url or DOWELLCHAT_URL'
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    throw new StartError(`${named}: expected an address such as https://chat.example`)
  if (url.username !== '' || url.password !== '')
    throw new StartError(`${named}: expected no user and password: the key is enough`)
  return `${url.origin}${url.pathname}`.replace(/\/$/, '')
}

interface Polling {
  send(packet: string): Promise<void>
  /** The first packet that matches; others are dropped. */
  until(matches: (packet: string) => boolean): Promise<string>
}

async function openPolling(place: string): Promise<Polling> {
  const base = `${place}/?EIO=4&transport=polling`
  const opened = await ask(base)
  const sid = sessionIn(opened)
  if (sid === undefined)
    throw new StartError(
      `${new URL(place).origin} does not answer as a chat server does: is its address right?`,
    )
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
  try {
    const response = await fetch(address, body === undefined ? {} : { method: 'POST', body })
    const text = await response.text()
    if (response.ok) return text
    throw new StartError(`${origin} answers ${response.status}: ${adviceFor(response.status, address)}`)
  } catch (cause) {
    if (cause instanceof StartError) throw cause
    throw new StartError(`${origin} cannot be reached: ${(cause as Error).message}`, { cause })
  }
}

function adviceFor(status: number, address: string): string {
  if (status === 503) return 'it stops, or cannot answer now: try again'
  if (status === 400 && address.includes('&sid='))
    return 'it does not know the command any more, as after a restart: run the command again'
  return 'is it a chat server?'
}

/** Undefined where it is no greeting of Engine.IO. */
function sessionIn(packet: string): string | undefined {
  try {
    const { sid } = JSON.parse(packet.slice(1)) as { sid?: unknown }
    return typeof sid === 'string' ? sid : undefined
  } catch {
    return undefined
  }
}

function messageIn(packet: string): string {
  const { message } = JSON.parse(packet.slice(refused.length)) as { message: string }
  return message
}
