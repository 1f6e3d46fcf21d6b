import { createReadStream } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import type { PageFile } from './page-files.ts'

/** File names with a content hash, as bundlers write them: `assets/index-B3xq9dZf.js`. */
const hashed = /\/assets\/.+-[\w-]{8,}\.\w+$/

/** How long a file may be kept by those who have fetched it: for ever where its name is another one once it changes. */
export function cacheOf(path: string): string {
  return hashed.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache'
}

/** What is sent at a time: between two of them it shows whether a client reads. */
const pieceBytes = 65_536

/** Sends a file, or that whoever asks has it already. */
export function sendFile(
  { method, headers: asked }: IncomingMessage,
  response: ServerResponse,
  file: PageFile,
  headers: Readonly<Record<string, string>>,
): void {
  const { etag, type, size, encoding, body } = file
  const all = {
    ...headers,
    etag,
    vary: 'accept-encoding',
  }
  if (isKnown(asked['if-none-match'], etag)) {
    response.writeHead(304, all).end()
    return
  }
  const content = {
    'content-type': type,
    'content-length': size,
    ...(encoding && { 'content-encoding': encoding }),
  }
  response.writeHead(200, { ...all, ...content })
  if (method === 'HEAD') response.end()
  else if (body && body.length <= pieceBytes) response.end(body)
  else {
    const bytes = body ? Readable.from(piecesOf(body)) : createReadStream(file.place, { end: size - 1 })
    // A file that is cut off ends this answer, not the process.
    pipeline(bytes, response, () => undefined)
  }
}

function* piecesOf(body: Buffer): Generator<Buffer> {
  for (let at = 0; at < body.length; at += pieceBytes) yield body.subarray(at, at + pieceBytes)
}

function isKnown(tags: string | undefined, etag: string): boolean {
  return tags !== undefined && (tags === '*' || tags.split(',').some((tag) => tag.trim() === etag))
}
