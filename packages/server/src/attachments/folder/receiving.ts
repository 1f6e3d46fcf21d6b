import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerJson } from '../../http/answer.ts'
import { endIfSilent } from '../../http/silence.ts'
import type { AttachmentHost, IncomingFile } from '../attachment-store.ts'
import { type Cors, refuse } from './answers.ts'
import type { FilePlaces, Incoming } from './file-places.ts'
import { Aborted, Refusal } from './refusal.ts'
import { type Sender, Senders } from './senders.ts'

/** Receives uploads, each to a temporary file, a bounded number at a time. */
export class Receiving {
  readonly #places: FilePlaces
  readonly #host: AttachmentHost
  readonly #senders: Senders

  constructor(places: FilePlaces, host: AttachmentHost) {
    this.#places = places
    this.#host = host
    this.#senders = new Senders(host)
  }

  async receive(
    request: IncomingMessage,
    response: ServerResponse,
    file: IncomingFile,
    cors: Cors,
  ): Promise<void> {
    try {
      expectFitting(request, file)
      const sender = await this.#senders.add(request, file)
      try {
        await this.#store(sender, file)
      } finally {
        this.#senders.remove(sender, file)
      }
      answerJson(response, 201, { status: 'success', data: { upload_id: file.upload_id } }, cors)
    } catch (error) {
      this.#refuse(request, response, error, cors)
    }
  }

  async #store(sender: Sender, file: IncomingFile): Promise<void> {
    if (await this.#places.has(file)) throw alreadyThere()
    const incoming = await this.#places.begin()
    try {
      await writeAll(sender, incoming, file, this.#host)
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

type Times = Pick<AttachmentHost, 'uploadMs' | 'silenceMs'>

/** Ends an upload that takes too long, or is silent. */
function endLate(sender: Sender, { uploadMs, silenceMs }: Times): () => void {
  const end = (): void => void sender.request.destroy()
  const timer = setTimeout(end, uploadMs)
  const stop = endIfSilent(silenceMs, () => sender.received, end)
  return () => {
    clearTimeout(timer)
    stop()
  }
}

/** Writes a body chunk by chunk: the next is read once the last is written. */
async function writeAll(
  sender: Sender,
  incoming: Incoming,
  { size, sha256 }: IncomingFile,
  times: Times,
): Promise<void> {
  const hash = sha256 === null ? undefined : createHash('sha256')
  const { request } = sender
  const stop = endLate(sender, times)
  try {
    const body: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false })
    for await (const chunk of body) {
      sender.received += chunk.length
      hash?.update(chunk)
      await incoming.write(chunk)
    }
  } catch (error) {
    // Errors of the disk have a system call; those of the connection end it.
    throw request.destroyed ? new Aborted() : error
  } finally {
    stop()
  }
  if (sender.received !== size) throw new Aborted()
  if (hash && hash.digest('hex') !== sha256)
    throw new Refusal(400, 'The bytes are not those whose SHA-256 was given')
}
