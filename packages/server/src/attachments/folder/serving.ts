import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { ServedFile } from '../attachment-store.ts'
import { contentDisposition } from '../disposition.ts'
import { type Cors, refuse, safeHeaders } from './answers.ts'
import type { FilePlaces } from './file-places.ts'
import { rangeOf } from './range.ts'

/** How long browsers may show a file again without asking. */
const freshSeconds = 300

/** Serves a file, or the part of it that is asked for. */
export async function serveFile(
  request: IncomingMessage,
  response: ServerResponse,
  served: ServedFile,
  { places, cors }: { readonly places: FilePlaces; readonly cors: Cors },
): Promise<void> {
  const file = await places.read(served)
  if (!file) return refuse(request, response, 404, 'This file is gone', cors)
  try {
    const { size } = await file.stat()
    const range = rangeOf(request.headers.range, size)
    const headers = { ...headersOf(served), ...cors }
    if (range === 'none') {
      response.writeHead(416, { ...headers, 'content-range': `bytes */${size}` }).end()
      return
    }
    const { start, end } = range === 'all' ? { start: 0, end: size - 1 } : range
    response.writeHead(range === 'all' ? 200 : 206, {
      ...headers,
      'content-length': end - start + 1,
      ...(range !== 'all' && { 'content-range': `bytes ${start}-${end}/${size}` }),
    })
    if (request.method === 'HEAD') response.end()
    else await pipeline(file.createReadStream({ start, end, autoClose: false }), response)
  } finally {
    await file.close()
  }
}

function headersOf({ name, type, disposition }: ServedFile): Record<string, string> {
  return {
    ...safeHeaders,
    'content-type': type,
    'content-disposition': contentDisposition(disposition, name),
    'cache-control': `private, max-age=${freshSeconds}`,
    'accept-ranges': 'bytes',
  }
}
