import { setTimeout as pause } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { limits } from '../../../packages/protocol/src/index.ts'
import type { Frame } from './generator.ts'

/** How a visitor and the server are connected. A server that refuses or hangs up is what all this is about, and no error. */
export interface Wire {
  /** Resolves when the connection has ended, from whichever side. */
  readonly ended: Promise<'ended'>
  /** Resolves once the server has the frames, or the connection has ended; to false where it does not take them any more. */
  send(frames: readonly Frame[]): Promise<boolean>
  hangUp(): void
}

interface WireOptions {
  readonly url: string
  /** Where the visitor comes from, as a proxy would say it. */
  readonly address: string
  readonly onFrame: (frame: string) => void
}

const openMs = 20_000
/** Longer than a server lets a client wait that asks whether there is something. */
const pollMs = 60_000
const goodbyeMs = 20
const separator = '\x1e'

export function openWebSocket({ url, address, onFrame }: WireOptions): Wire {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
    headers: { 'x-forwarded-for': address },
    perMessageDeflate: false,
    handshakeTimeout: openMs,
  })
  socket.on('error', () => undefined)
  socket.on('message', (data) => onFrame(String(data)))
  const ended = new Promise<'ended'>((resolve) => socket.on('close', () => resolve('ended')))
  return {
    ended,
    async send(frames) {
      for (const frame of frames) socket.send(frame)
      const ponged = new Promise<void>((resolve) => socket.once('pong', () => resolve()))
      socket.ping()
      await Promise.race([ponged, ended])
      return true
    },
    hangUp: () => socket.terminate(),
  }
}

export function openPolling({ url, address, onFrame }: WireOptions): Wire {
  const hangingUp = new AbortController()
  let place = `${url}/socket.io/?EIO=4&transport=polling`
  // A server ends a connection with two requests of a kind at a time.
  let posted = Promise.resolve()
  let isRefused = false
  let end = (_how: 'ended'): void => {}
  const refused = new Promise<'ended'>((resolve) => {
    end = resolve
  })

  async function request(body?: string): Promise<string> {
    const answer = await fetch(place, {
      ...(body !== undefined && { method: 'POST', body }),
      headers: { 'x-forwarded-for': address },
      signal: AbortSignal.any([hangingUp.signal, AbortSignal.timeout(pollMs)]),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(text)
    return text
  }

  async function post(body: string): Promise<void> {
    try {
      await request(body)
    } catch {
      isRefused = true
      end('ended')
    }
  }

  async function poll(): Promise<'ended'> {
    try {
      for (;;) {
        const frames = (await request()).split(separator)
        const [open = ''] = frames
        if (open.startsWith('0')) place += `&sid=${JSON.parse(open.slice(1)).sid}`
        for (const frame of frames) onFrame(frame)
        if (frames.includes('1')) return 'ended'
      }
    } catch {
      return 'ended'
    }
  }

  const ended = Promise.race([poll(), refused])
  return {
    ended,
    async send(frames) {
      for (const body of bodiesOf(frames.map(textOf))) posted = posted.then(() => post(body))
      await Promise.race([posted, ended])
      // A server that ends the connection over them says so in answer to another request.
      await Promise.race([pause(goodbyeMs), ended])
      return !isRefused
    },
    hangUp: () => hangingUp.abort(),
  }
}

/** What does not fit into one request is sent in several, as clients do. */
function bodiesOf(texts: readonly string[]): string[] {
  const bodies: string[] = []
  for (const text of texts) {
    const joined = `${bodies.at(-1)}${separator}${text}`
    if (bodies.length > 0 && Buffer.byteLength(joined) <= limits.frame_bytes)
      bodies[bodies.length - 1] = joined
    else bodies.push(text)
  }
  return bodies
}

function textOf(frame: Frame): string {
  return typeof frame === 'string' ? frame : `b${frame.toString('base64')}`
}
