import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerJson } from '../../http/answer.ts'
import type { AttachmentHost, IncomingFile } from '../attachment-store.ts'
import { type Cors, refuse } from './answers.ts'
import type { FilePlaces, Incoming } from './file-places.ts'

/** How long a sender may be silent. */
const silenceMs = 30_000

/** Why an upload is refused. */
class Refusal extends Error {
  readonly status: number
  readonly headers: Cors

  constructor(status: number, text: string, headers: Cors = {}) {
    super(text)
    this.status = status
    this.headers = headers
  }
}

/** The sender has gone, or sends nothing any more: nobody reads an answer. */
class Aborted extends Error {}

/** Receives uploads, each to a temporary file, a bounded number at a time. */
export class Receiving {
  readonly #places: FilePlaces
  readonly #host: AttachmentHost
  #underWay = 0

  constructor(places: FilePlaces, host: AttachmentHost) {
    this.#places = places
    this.#host = host
  }

  async receive(
    request: IncomingMessage,
    response: ServerResponse,
    file: IncomingFile,
    cors: Cors,
  ): Promise<void> {
    try {
      expectFitting(request, file)
      if (this.#underWay >= this.#host.uploadsAtOnce)
        throw new Refusal(503, 'The server receives too many files: try again', { 'retry-after': '2' })
      this.#underWay += 1
      try {
        await this.#store(request, file)
      } finally {
        this.#underWay -= 1
      }
      answerJson(response, 201, { status: 'success', data: { upload_id: file.upload_id } }, cors)
    } catch (error) {
      this.#refuse(request, response, error, cors)
    }
  }

  async #store(request: IncomingMessage, file: IncomingFile): Promise<void> {
    if (await this.#places.has(file)) throw alreadyThere()
    const incoming = await this.#places.begin()
    try {
      await writeAll(request, incoming, file, this.#host.uploadMs)
      if (!(await this.#places.keep(file, incoming))) throw alreadyThere()
    } finally {
      await incoming.discard()
    }
  }

  #refuse(request: IncomingMessage, response: ServerResponse, error: unknown, cors: Cors): void {
    if (error instanceof Aborted) request.destroy()
    else if (error instanceof Refusal)
      refuse(request, response, error.status, error.message, { ...cors, ...error.headers })
    else {
      this.#host.failed(error, 'storing')
      refuse(request, response, 503, 'The file could not be stored: try again', cors)
    }
  }
}

function alreadyThere(): Refusal {
  return new Refusal(409, 'The file is here already: finish the upload, or begin another one')
}

/** What was signed has to hold before a byte is read. */
function expectFitting({ headers }: IncomingMessage, { type, size }: IncomingFile): void {
  const length = headers['content-length']
  if (length === undefined) throw new Refusal(411, `Send the header content-length: ${size}`)
  if (Number(length) !== size)
    throw new Refusal(
      Number(length) > size ? 413 : 400,
      `The upload was begun for ${size} bytes, and these are ${Number(length)}`,
    )
  if (headers['content-type'] !== type) throw new Refusal(415, `Send the header content-type: ${type}`)
  if (headers['content-encoding'] !== undefined) throw new Refusal(415, 'Send the bytes as they are')
}

/** Writes a body chunk by chunk: the next is read once the last is written. */
async function writeAll(
  request: IncomingMessage,
  incoming: Incoming,
  { size, sha256 }: IncomingFile,
  mostMs: number,
): Promise<void> {
  const hash = sha256 === null ? undefined : createHash('sha256')
  const watch = new Watch(request, mostMs)
  let received = 0
  try {
    const body: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false })
    for await (const chunk of body) {
      received += chunk.length
      watch.heard()
      hash?.update(chunk)
      await incoming.write(chunk)
    }
  } catch (error) {
    // Errors of the disk have a system call; those of the connection end it.
    throw request.destroyed ? new Aborted() : error
  } finally {
    watch.stop()
  }
  if (received !== size) throw new Aborted()
  if (hash && hash.digest('hex') !== sha256)
    throw new Refusal(400, 'The bytes are not those whose SHA-256 was given')
}

/** Ends a request that takes too long, or is silent. */
class Watch {
  readonly #request: IncomingMessage
  readonly #all: NodeJS.Timeout
  readonly #silence: NodeJS.Timeout

  constructor(request: IncomingMessage, mostMs: number) {
    this.#request = request
    this.#all = setTimeout(this.#end, mostMs)
    this.#silence = setTimeout(this.#end, silenceMs)
  }

  heard(): void {
    this.#silence.refresh()
  }

  stop(): void {
    clearTimeout(this.#all)
    clearTimeout(this.#silence)
  }

  readonly #end = (): void => {
    this.#request.destroy()
  }
}
