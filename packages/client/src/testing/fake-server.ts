import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ErrorBody, errors } from '@dowellchat/protocol'
import { Server, type Socket } from 'socket.io'
import { onTestFinished } from 'vitest'
import { isQuestion } from '../connection/liveness.ts'

type Handshake = Readonly<Record<string, unknown>>

export interface Play {
  /** What the n-th handshake (from 1) gets: a `hello`, or an error that refuses it. */
  readonly admit: (auth: Handshake, n: number) => object | Promise<object>
  /** What each request answers as data; the others are not acknowledged. */
  readonly answers?: Readonly<Record<string, (payload: never) => unknown>>
}

/** A hello of a customer of `demo`. */
export function helloOf(user_id: string, changes: object = {}): object {
  const hello = {
    ...{ protocol: 1, features: [], workspace_id: 'demo', user_id, role: 'customer', name: null },
    ...{
      is_guest: false,
      guest_ids: [],
      can: [],
      limits: {},
      expires_at: null,
      server_time: '2026-01-01T00:00:00.000Z',
    },
  }
  return { ...hello, ...changes }
}

/** The error that refuses a handshake. */
export function refusalOf(code: keyof typeof errors, changes: Partial<ErrorBody> = {}): object {
  return { code, message: `Refused: ${code}`, retryable: errors[code].retryable, ...changes }
}

/**
 * A socket.io server that plays what the real server does not do: refusals in an order of the test's, frames of another
 * version, another user's hello. It ends with the test.
 */
export async function openFakeServer({ admit, answers = {} }: Play) {
  const http = createServer()
  const io = new Server(http, { cors: { origin: '*' } })
  const handshakes: Handshake[] = []
  const received: [event: string, payload: unknown][] = []
  const sockets: Socket[] = []
  io.use(async (socket, next) => {
    handshakes.push(socket.handshake.auth)
    const outcome = await admit(socket.handshake.auth, handshakes.length)
    if ('code' in outcome) return next(Object.assign(new Error('Refused'), { data: outcome }))
    socket.emit('hello', outcome)
    next()
  })
  io.on('connection', (socket) => {
    sockets.push(socket)
    socket.onAny((event: string, payload: unknown, answer?: (answer: object) => void) => {
      // The client's question whether anybody is there, which tests of something else do not count.
      if (isQuestion(event, payload)) return answer?.(answerOf(event, payload))
      // How far the user has read, which the client asks of each stream: this server knows no marks.
      if (event === 'mark_read' && !answers.mark_read)
        return answer?.(answerOf(event, { error: { ...refusalOf('unknown_event'), retryable: false } }))
      received.push([event, payload])
      const data = answers[event]?.(payload as never)
      if (data !== undefined) answer?.(answerOf(event, data))
    })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => io.close())
  const { port } = http.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, io, handshakes, received, sockets }
}

function answerOf(operation: string, data: unknown): object {
  const isFailure = typeof data === 'object' && data !== null && 'error' in data
  return isFailure
    ? { status: 'failure', data: '', operation, ...data }
    : { status: 'success', operation, data }
}
