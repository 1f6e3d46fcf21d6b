import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { Webhook, WebhookVerificationError } from 'standardwebhooks'
import { notificationOf, type UnreadEvent } from './notifications.ts'
import { Refusal } from './refusal.ts'
import {
  knownPushServices,
  type PushSubscriptionJSON,
  readSubscription,
  type Subscriptions,
} from './subscriptions.ts'
import type { WhoIs } from './who-is.ts'

export interface PushServerOptions {
  /** Whose pages may ask; `*` for all. */
  readonly origins: readonly string[]
  /** The public VAPID key. */
  readonly publicKey: string
  /** The secret of the chat server's webhook. */
  readonly webhookSecret: string
  readonly subscriptions: Subscriptions
  /** The hosts of push services. Default: those of the large browsers. */
  readonly pushServices?: readonly string[]
  readonly whoIs: WhoIs
  /** Sends a notification to a browser; answers false where its subscription is over. Rejects where it may succeed later. */
  readonly push: (subscription: PushSubscriptionJSON, payload: string) => Promise<boolean>
}

type Answer = { readonly status: number; readonly body?: object }
type Route = (request: IncomingMessage) => Promise<Answer>

const mostBytes = 65_536
/** A webhook has a whole message in it. */
const mostHookBytes = 1_048_576

/** So much is read of a body that is too long. */
const mostReadBytes = 16 * mostHookBytes

/** The server that README.md describes. */
export function createPushServer(options: PushServerOptions): ReturnType<typeof createServer> {
  return createServer(pushHandler(options))
}

/** Its requests, for a server of your own. */
export function pushHandler(options: PushServerOptions): RequestListener {
  const routes = routesOf(options)
  const allowed = new Set(options.origins)
  return async (request, response) => {
    try {
      allow(request, response, allowed)
      const { status, body } = request.method === 'OPTIONS' ? { status: 204 } : await answer(routes, request)
      const text = body === undefined ? undefined : JSON.stringify(body)
      response.writeHead(status, text === undefined ? {} : { 'content-type': 'application/json' }).end(text)
    } catch (error) {
      // One request that goes wrong must not end the server.
      console.error(error)
      response.destroy()
    }
  }
}

function routesOf(options: PushServerOptions): ReadonlyMap<string, Route> {
  const { publicKey, subscriptions, whoIs, pushServices = knownPushServices } = options
  return new Map<string, Route>([
    ['GET /push/key', async () => ({ status: 200, body: { key: publicKey } })],
    [
      'POST /push/subscriptions',
      async (request) => {
        const { auth, subscription } = await jsonOf(request, mostBytes)
        const read = readSubscription(subscription, pushServices)
        await subscriptions.add(await whoIs(auth), read)
        return { status: 204 }
      },
    ],
    [
      'DELETE /push/subscriptions',
      async (request) => {
        const { endpoint } = await jsonOf(request, mostBytes)
        if (typeof endpoint !== 'string') throw new Refusal(400, 'endpoint: expected a text')
        await subscriptions.remove(endpoint)
        return { status: 204 }
      },
    ],
    ['POST /push/hook', (request) => hook(request, options)],
  ])
}

/** Notifies every browser of the person that a webhook is about. */
async function hook(request: IncomingMessage, options: PushServerOptions): Promise<Answer> {
  const { subscriptions, push, webhookSecret } = options
  const text = await textOf(request, mostHookBytes)
  const event = verified(text, request, webhookSecret)
  const payload = JSON.stringify(notificationOf(event))
  const all = await subscriptions.of(event)
  const results = await Promise.allSettled(
    all.map(async (one) => {
      if (!(await push(one, payload))) await subscriptions.remove(one.endpoint)
    }),
  )
  // Where no browser could be notified, the chat server sends the webhook again.
  const isLost = results.length > 0 && results.every(({ status }) => status === 'rejected')
  return { status: isLost ? 503 : 204 }
}

function verified(text: string, { headers }: IncomingMessage, secret: string): UnreadEvent {
  try {
    // What is signed is what the chat server has sent.
    return new Webhook(secret).verify(text, headers as Record<string, string>) as UnreadEvent
  } catch (error) {
    if (error instanceof WebhookVerificationError)
      throw new Refusal(401, 'This is not signed by the chat server')
    throw error
  }
}

async function answer(routes: ReadonlyMap<string, Route>, request: IncomingMessage): Promise<Answer> {
  // What strangers send need not be a URL.
  const [path] = (request.url ?? '').split('?')
  const route = routes.get(`${request.method} ${path}`)
  if (!route) return { status: 404, body: { error: 'There is nothing here' } }
  try {
    return await route(request)
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, body: { error: error.message } }
    console.error(error)
    return { status: 500, body: { error: 'The server made a mistake' } }
  }
}

function allow({ headers }: IncomingMessage, response: ServerResponse, origins: ReadonlySet<string>): void {
  response.setHeader('vary', 'origin')
  const { origin } = headers
  if (origin === undefined || !(origins.has(origin) || origins.has('*'))) return
  response.setHeader('access-control-allow-origin', origin)
  response.setHeader('access-control-allow-methods', 'GET, POST, DELETE')
  response.setHeader('access-control-allow-headers', 'content-type')
  response.setHeader('access-control-max-age', '600')
}

async function jsonOf(request: IncomingMessage, most: number): Promise<Record<string, unknown>> {
  const text = await textOf(request, most)
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body === 'object' && body !== null) return body as Record<string, unknown>
  } catch {
    // Told below.
  }
  throw new Refusal(400, 'Expected a JSON object')
}

async function textOf(request: IncomingMessage, most: number): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length
    // The rest is read and dropped: who is cut off in the middle of it gets no answer.
    if (bytes <= most) chunks.push(chunk as Buffer)
    // What goes on and on is cut off.
    else if (bytes > mostReadBytes) break
  }
  if (bytes > most) throw new Refusal(413, `Expected at most ${most} bytes`)
  return Buffer.concat(chunks).toString()
}
