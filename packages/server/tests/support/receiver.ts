import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Entry } from '@dowellchat/protocol'
import { onTestFinished } from 'vitest'

/** What a receiver was posted. */
export interface Received {
  readonly headers: Record<string, string>
  readonly text: string
  readonly body: {
    readonly type: string
    readonly id: string
    readonly workspace_id: string
    readonly stream: string
    readonly epoch?: string
    readonly entries?: readonly Entry[]
    readonly [field: string]: unknown
  }
}

type Answer = (response: ServerResponse, received: Received) => void

export interface Receiver {
  readonly url: string
  readonly port: number
  /** Everything that was posted, whatever it has answered. */
  readonly received: Received[]
  /** The texts that it has taken of a stream, in their order. */
  taken(stream?: string): string[]
  /** What it answers from now on; by default 204. */
  answer: Answer
  /** Takes no connections any more. */
  down(): Promise<void>
  /** Is there again, at the same port. */
  up(): Promise<void>
}

export const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

const takes: Answer = (response) => void response.writeHead(204).end()

/** A receiver of webhooks, which keeps what it gets. */
export async function startReceiver(port = 0): Promise<Receiver> {
  const received: Received[] = []
  const accepted: Received[] = []
  let server = createServer()

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = Buffer.concat(await request.toArray()).toString()
    const headers = request.headers as Record<string, string>
    const one = { headers, text, body: JSON.parse(text) as Received['body'] }
    received.push(one)
    response.on('finish', () => {
      if (response.statusCode < 300) accepted.push(one)
    })
    receiver.answer(response, one)
  }

  async function listen(at: number): Promise<number> {
    server = createServer((request, response) => void take(request, response).catch(() => undefined))
    await new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve))
    return (server.address() as AddressInfo).port
  }

  async function close(): Promise<void> {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }

  const at = await listen(port)
  const receiver: Receiver = {
    url: `http://127.0.0.1:${at}/hook`,
    port: at,
    received,
    answer: takes,
    taken: (stream) =>
      accepted
        .filter(({ body }) => stream === undefined || body.stream === stream)
        .flatMap(({ body }) => body.entries ?? [])
        .map((entry) => ('message_data' in entry && entry.message_data) || entry.type),
    down: close,
    up: async () => void (await listen(at)),
  }
  onTestFinished(close)
  return receiver
}

/** What a webhook is set to, to be sent to a receiver. */
export function webhookTo({ url }: Pick<Receiver, 'url'>, more: object = {}) {
  return { id: 'hook', url, secret, allowPrivate: ['127.0.0.1'], ...more }
}
