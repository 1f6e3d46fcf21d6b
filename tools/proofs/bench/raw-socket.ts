import type { Socket } from 'node:net'
import { WebSocket } from 'ws'

/** What a handshake says of who connects. */
export type Auth = Readonly<Record<string, unknown>>

const PUSH = 0x32 // '42…'
const ACKNOWLEDGEMENT = 0x33 // '43…'
const BRACKET = 0x5b

function ignore(): void {}

function raise(error: Error): void {
  throw error
}

/**
 * One socket of socket.io version 5 over engine.io version 4, frame by frame: a thousand real clients would cost the
 * load process more than the servers. Frames stay bytes until their contents are read.
 */
export class RawSocket {
  onPush: (frame: Buffer) => void = ignore
  onAcknowledgement: (id: number, frame: Buffer) => void = ignore
  /** Called when an open socket dies; by default it throws where nothing catches, which ends the run. */
  onFailure: (error: Error) => void = raise
  readonly #ws: WebSocket
  readonly #ending: AbortSignal
  readonly #waiting = new Map<
    number,
    { resolve: (answer: unknown) => void; reject: (error: Error) => void }
  >()
  #lastId = 0
  #failed: (error: Error) => void = ignore

  private constructor(ws: WebSocket, ending: AbortSignal) {
    this.#ws = ws
    this.#ending = ending
  }

  /**
   * Resolves when the server has accepted the handshake. Once `ending` is aborted, sockets may close without an error.
   * @param options.from the address that it comes from
   */
  static open(
    port: number,
    auth: Auth,
    ending: AbortSignal,
    { from }: { readonly from?: string } = {},
  ): Promise<RawSocket> {
    const url = `ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`
    const ws = new WebSocket(url, {
      perMessageDeflate: false,
      skipUTF8Validation: true,
      ...(from !== undefined && { localAddress: from }),
    })
    const socket = new RawSocket(ws, ending)
    return new Promise((resolve, reject) => {
      socket.#failed = reject
      ws.on('message', (frame: Buffer) => socket.#take(frame, auth, resolve))
      ws.on('error', (error) => socket.#fail(error))
      ws.on('close', (code) => socket.#fail(new Error(`The server closed a socket with code ${code}`)))
    })
  }

  /** Sends a request under an id of the caller's; its acknowledgement goes to `onAcknowledgement`. */
  emit(id: number, event: string, payload: object): void {
    this.#ws.send(`42${id}${JSON.stringify([event, payload])}`)
  }

  /** Sends a request and answers with what was acknowledged. For everything that is not measured by itself. */
  request(event: string, payload: object): Promise<unknown> {
    this.#lastId += 1
    const id = this.#lastId
    this.emit(id, event, payload)
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }))
  }

  /** What went over TCP so far, with the handshake and the frames' own headers. */
  get bytes(): { readonly read: number; readonly written: number } {
    const { _socket } = this.#ws as unknown as { readonly _socket?: Socket | null }
    return { read: _socket?.bytesRead ?? 0, written: _socket?.bytesWritten ?? 0 }
  }

  close(): void {
    this.#failed = ignore
    this.#ws.close()
  }

  #open(opened: (socket: RawSocket) => void): void {
    this.#failed = (error) => this.onFailure(error)
    opened(this)
  }

  #take(frame: Buffer, auth: Auth, opened: (socket: RawSocket) => void): void {
    if (frame[0] === 0x32) this.#ws.send('3')
    else if (frame[0] === 0x30) this.#ws.send(`40${JSON.stringify(auth)}`)
    else if (frame[1] === PUSH) this.onPush(frame)
    else if (frame[1] === ACKNOWLEDGEMENT) this.#acknowledge(frame)
    else if (frame[1] === 0x30) this.#open(opened)
    else this.#fail(new Error(`The server refused a socket: ${frame.toString()}`))
  }

  #acknowledge(frame: Buffer): void {
    let id = 0
    let at = 2
    for (; frame[at] !== BRACKET; at += 1) id = id * 10 + (frame[at] as number) - 0x30
    const waiting = this.#waiting.get(id)
    if (!waiting) {
      this.onAcknowledgement(id, frame)
      return
    }
    this.#waiting.delete(id)
    waiting.resolve(JSON.parse(frame.toString('utf8', at))[0])
  }

  #fail(error: Error): void {
    if (this.#ending.aborted) return
    const failed = this.#failed
    this.#failed = ignore
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
    failed(error)
  }
}
