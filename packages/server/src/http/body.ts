import type { IncomingMessage } from 'node:http'
import { RequestError } from '../errors.ts'

/**
 * Reads a small JSON body.
 * @throws RequestError `too_large` or `invalid_payload`
 */
export async function readJson(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  if (!/^application\/json *(;|$)/i.test(request.headers['content-type'] ?? ''))
    throw new RequestError('invalid_payload', 'content-type: expected application/json')
  const body = await readBody(request, maxBytes)
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw new RequestError('invalid_payload', 'body: expected JSON in UTF-8')
  }
}

async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  // Leaves the connection open, so that a refusal can be answered.
  const body: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false })
  for await (const chunk of body) {
    size += chunk.length
    if (size > maxBytes) throw new RequestError('too_large', `body: expected at most ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
