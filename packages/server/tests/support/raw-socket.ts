import { randomUUID } from 'node:crypto'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'

/** It only ends what hangs. */
const deadlineMs = 30_000

/** A WebSocket below socket.io: it sends any frame, and keeps those that come. */
export class RawSocket {
  readonly frames: string[] = []
  readonly #closed: Promise<number>
  readonly #socket: WebSocket
  #onFrame: () => void = () => {}

  constructor(url: string) {
    this.#socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
    onTestFinished(() => this.#socket.terminate())
    this.#closed = new Promise((resolve) => this.#socket.on('close', resolve))
    this.#socket.on('message', (data) => {
      this.frames.push(String(data))
      this.#onFrame()
    })
  }

  /** The code with which the server closes it. Rejects if it does not in time. */
  async closed(): Promise<number> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`Still open, after ${this.frames.join(' ')}`)), deadlineMs)
    })
    return Promise.race([this.#closed, late]).finally(() => clearTimeout(timer))
  }

  /** Reads nothing any more. What the system buffers is full after some megabytes. */
  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  /** Sends WebSocket pings. */
  ping(data: string, times: number): void {
    for (let n = 0; n < times; n++) this.#socket.ping(data)
  }

  send(...frames: (string | Buffer)[]): void {
    for (const frame of frames) this.#socket.send(frame)
  }

  /** The first frame, among all, that begins so. */
  async first(start: string): Promise<string> {
    const find = () => this.frames.find((frame) => frame.startsWith(start))
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${start} did not come, but ${this.frames.join(' ')}`)),
        deadlineMs,
      )
      this.#onFrame = () => {
        if (find() === undefined) return
        clearTimeout(timer)
        resolve()
      }
      this.#onFrame()
    })
    return find() ?? ''
  }
}

export async function openRaw(url: string): Promise<RawSocket> {
  const raw = new RawSocket(url)
  await raw.first('0{')
  return raw
}

/** One that the server has admitted, of the current dialect. */
export async function connectRaw(url: string, userId = 'raw'): Promise<RawSocket> {
  const raw = await openRaw(url)
  const auth = {
    protocol: 1,
    workspace_id: 'demo',
    api_key: 'demo-key',
    user_id: userId,
    device_id: randomUUID(),
  }
  raw.send(`40${JSON.stringify(auth)}`)
  await raw.first('40{')
  return raw
}

/** One that the server has admitted as a V2 page. */
export async function connectRawV2(url: string): Promise<RawSocket> {
  const raw = await openRaw(url)
  raw.send('40')
  await raw.first('40{')
  return raw
}

/** JSON of so many lists inside each other. */
export const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
