import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { MissedCall, UnreadMessages } from '@dowellchat/server'
import { Webhook } from 'standardwebhooks'
import { type Mail, mailFor } from './mail.ts'

export interface EmailServerOptions {
  /** The secret of the chat server's webhook. */
  readonly webhookSecret: string
  /** Where a customer reads and answers a ticket; `{ticket}` is its id. */
  readonly ticketUrl: string
  /**
   * Your own: the address of a customer. It must answer undefined for your staff, whom the chat server tells of the tickets that
   * they have by the same event, without saying who is who; and for those who have none, such as guests, or want no e-mail.
   */
  readonly addressOf: (user: {
    readonly workspace_id: string
    readonly user_id: string
  }) => Promise<string | undefined>
  readonly send: (mail: Mail) => Promise<void>
}

/** Webhooks that were answered lately: one that comes again was sent already. */
const keptIds = 1_000
const mostBytes = 1_048_576

/** Takes the chat server's `unread` webhook at any path, and writes to customers who have left. */
export function createEmailServer(options: EmailServerOptions): ReturnType<typeof createServer> {
  return createServer(emailHandler(options))
}

/** Its requests, for a server of your own. */
export function emailHandler(options: EmailServerOptions): RequestListener {
  const handled = new Set<string>()
  return async (request, response) => {
    try {
      const event = await eventIn(request, options.webhookSecret)
      if (event && !handled.has(event.id)) {
        await write(event, options)
        handled.add(event.id)
        const [oldest = ''] = handled
        if (handled.size > keptIds) handled.delete(oldest)
      }
      response.writeHead(event ? 204 : 401).end()
    } catch (error) {
      console.error(error)
      // The chat server sends it again.
      response.writeHead(500).end()
    }
  }
}

/** Writes to the customer of a ticket. The line manager, of whom the same event comes, has no address. */
async function write(event: UnreadMessages | MissedCall, options: EmailServerOptions): Promise<void> {
  if (event.type !== 'unread' || !event.stream.startsWith('ticket:')) return
  const to = await options.addressOf(event)
  if (to !== undefined) await options.send(mailFor(event, { to, ticketUrl: options.ticketUrl }))
}

/** Undefined where it is not signed by the chat server. */
async function eventIn(
  request: IncomingMessage,
  secret: string,
): Promise<UnreadMessages | MissedCall | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length
    if (bytes > mostBytes) return undefined
    chunks.push(chunk as Buffer)
  }
  try {
    const text = Buffer.concat(chunks).toString()
    // What is signed is what the chat server has sent.
    return new Webhook(secret).verify(text, request.headers as Record<string, string>) as
      | UnreadMessages
      | MissedCall
  } catch {
    return undefined
  }
}
