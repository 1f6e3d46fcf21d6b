import { createHmac } from 'node:crypto'

/**
 * The headers of Standard Webhooks (https://www.standardwebhooks.com): an id that is the same in each repetition, the time, and
 * for each secret an HMAC-SHA256 over `id.time.body`.
 */
export function signedHeaders(
  id: string,
  body: string,
  { secrets, nowMs }: { readonly secrets: readonly Buffer[]; readonly nowMs: number },
): Record<string, string> {
  const time = Math.floor(nowMs / 1_000)
  const signatures = secrets.map(
    (secret) => `v1,${createHmac('sha256', secret).update(`${id}.${time}.${body}`).digest('base64')}`,
  )
  return {
    'webhook-id': id,
    'webhook-timestamp': String(time),
    'webhook-signature': signatures.join(' '),
  }
}
