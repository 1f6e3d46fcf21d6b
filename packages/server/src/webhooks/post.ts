import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { dateNow } from '../time.ts'
import type { Resolve } from './addresses.ts'
import type { Webhook } from './options.ts'
import { signedHeaders } from './signature.ts'

/** What became of a try. `retryAfterMs`: the receiver wants to be left alone for so long. */
export type Posted =
  | { readonly ok: true }
  | { readonly ok: false; readonly problem: string; readonly retryAfterMs?: number }

interface PostParts {
  /** How long a try may take in all. */
  readonly timeoutMs: number
  /** Ends what is under way. */
  readonly signal: AbortSignal
  readonly resolve?: Resolve | undefined
}

/** What becomes of a try while the server stops. */
export const stopped: Posted = { ok: false, problem: 'The server stops' }

/** Posts signed JSON to a webhook. Never rejects. */
export type Post = (id: string, body: string) => Promise<Posted>

/** What is read of an answer at most. */
const mostAnswerBytes = 65_536

/** Follows no redirect, goes to no address that the webhook may not be at, and reads nothing of an answer but its status. */
export function posting(webhook: Webhook, { timeoutMs, signal, resolve }: PostParts): Post {
  const { url, secrets, addresses } = webhook
  const { request, Agent } = url.protocol === 'http:' ? http : https
  const agent = new Agent({ keepAlive: true, maxSockets: 16, timeout: timeoutMs })
  const lookup = addresses.lookup(url.protocol, resolve)
  // Requests end by the signal: an agent alone would send those that wait for a connection.
  signal.addEventListener('abort', () => agent.destroy(), { once: true })

  function send(headers: Record<string, string>, body: string): Promise<Posted> {
    return new Promise((settle) => {
      const sent = request(url, { method: 'POST', agent, lookup, headers, signal }, (response) => {
        drain(response)
        settle(answered(response))
      })
      const late = setTimeout(
        () => sent.destroy(new Error(`It does not answer within ${timeoutMs} ms`)),
        timeoutMs,
      )
      sent.on('error', (error: NodeJS.ErrnoException) => {
        if (signal.aborted) return settle(stopped)
        // The receiver has closed a connection that was kept, at the same moment.
        const isStale = sent.reusedSocket && error.code === 'ECONNRESET'
        settle(isStale ? send(headers, body) : { ok: false, problem: problemOf(error) })
      })
      sent.on('close', () => {
        clearTimeout(late)
        settle({ ok: false, problem: 'It has closed the connection without an answer' })
      })
      sent.end(body)
    })
  }

  return async (id, body) => {
    if (signal.aborted) return stopped
    // A host that is an address is not looked up.
    const problem = addresses.problemOfHost(url)
    if (problem) return { ok: false, problem }
    const length = String(Buffer.byteLength(body))
    const headers = {
      'content-type': 'application/json',
      'content-length': length,
      'user-agent': 'dowellchat',
    }
    return send({ ...headers, ...signedHeaders(id, body, { secrets, nowMs: dateNow() }) }, body)
  }
}

function drain(response: IncomingMessage): void {
  let bytes = 0
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > mostAnswerBytes) response.destroy()
  })
  // What breaks off after the status changes nothing.
  response.on('error', () => undefined)
}

function answered({ statusCode = 0, headers }: IncomingMessage): Posted {
  if (statusCode >= 200 && statusCode < 300) return { ok: true }
  const redirects = statusCode >= 300 && statusCode < 400
  const problem = `It answers ${statusCode}${redirects ? ', a redirect, which is not followed' : ''}`
  const retryAfterMs = retryAfterIn(headers['retry-after'])
  return { ok: false, problem, ...(retryAfterMs !== undefined && { retryAfterMs }) }
}

/** Seconds, or a date. */
function retryAfterIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - dateNow()
  return Number.isFinite(ms) && ms > 0 ? ms : undefined
}

function problemOf({ name, message, code }: NodeJS.ErrnoException): string {
  return code === undefined || name === 'RefusedAddressError' ? message : `It cannot be reached: ${code}`
}
