import { backoffMs } from '../connection/retry.ts'
import type { Attachment } from '../entities.ts'
import { ownError, type RequestError } from '../errors.ts'
import { create, untilAnswered } from '../requests/creating.ts'
import type { Wire } from '../requests/wire.ts'
import { uuid } from '../uuid.ts'
import { addressOf } from './addresses.ts'
import { nameOf, type Shape, shapeOf, typeOf } from './file-facts.ts'
import type { FileBytes } from './pending-state.ts'
import { type AttachmentPlace, type PutFailure, putFile } from './put-file.ts'
import { createSlots } from './slots.ts'
import type { UploadOptions } from './upload-options.ts'

/** An upload, for what shows it. */
export interface Transfer extends UploadOptions {
  /** Uploading again under it goes on with the same upload. */
  readonly cid?: string
  /** Measured already, or soon. */
  readonly shape?: Promise<Shape>
  /** Its turn has come. */
  readonly onStart?: () => void
}

export type Upload = (file: FileBytes, transfer?: Transfer) => Promise<Attachment>

/** More would only share the same line. */
const mostAtOnce = 2
const mostTries = 4

/** @param onUploaded hears of each file that the server has */
export function createUploads(
  { connection, request }: Wire,
  place: AttachmentPlace,
  onUploaded: (attachment: Attachment, file: FileBytes) => void,
): Upload {
  const put = place.putFile ?? putFile
  const takeTurn = createSlots(mostAtOnce)

  /** Sends the bytes, each time to a new address of the same upload. Answers why they did not arrive. */
  async function send(file: FileBytes, draft: Draft, options: Transfer, onCreated: (id: string) => void) {
    const { signal, onProgress = () => {} } = options
    for (let tries = 1; ; tries++) {
      const { upload_id, url, headers } = await create(connection, draft, request.create_upload)
      onCreated(upload_id)
      signal?.throwIfAborted()
      const target = { url: addressOf(url, place), headers }
      const failure = await put(file, target, { onProgress, signal })
      signal?.throwIfAborted()
      if (!failure || (failure.status >= 400 && failure.status < 500)) return failure
      if (tries === mostTries) throw errorOf(failure)
      await new Promise((resolve) => setTimeout(resolve, backoffMs(tries)))
      signal?.throwIfAborted()
    }
  }

  async function upload(file: FileBytes, options: Transfer): Promise<Attachment> {
    let upload_id = ''
    try {
      options.onStart?.()
      const draft = await draftOf(file, options)
      const failure = await send(file, draft, options, (id) => {
        upload_id = id
      })
      // One that is refused may be a repetition, whose first answer was lost.
      const finished = untilAnswered(connection, () => request.finish_upload({ upload_id }))
      const attachment = await (failure ? finished.catch(() => Promise.reject(errorOf(failure))) : finished)
      options.signal?.throwIfAborted()
      onUploaded(attachment, file)
      return attachment
    } catch (error) {
      if (options.signal?.aborted && upload_id !== '')
        request.cancel_upload({ upload_id }).catch(() => undefined)
      throw error
    }
  }

  return async (file, options = {}) => {
    const free = await takeTurn(options.signal)
    try {
      return await upload(file, options)
    } finally {
      free()
    }
  }
}

type Draft = Awaited<ReturnType<typeof draftOf>>

async function draftOf(file: FileBytes, options: Transfer) {
  const { name, sha256, cid = uuid(), shape, width, height, duration_ms } = options
  const type = typeOf(options.type ?? file.type)
  const isKnown = width !== undefined || height !== undefined || duration_ms !== undefined
  const known = { ...(width !== undefined && { width }), ...(height !== undefined && { height }) }
  const given = { ...known, ...(duration_ms !== undefined && { duration_ms }) }
  const measured = isKnown ? given : await (shape ?? shapeOf(file, type))
  const about = { name: nameOf(file, name), type, size: file.size, cid }
  return { ...about, ...(sha256 !== undefined && { sha256 }), ...measured }
}

function errorOf({ status, text }: PutFailure): RequestError {
  const code = status === 413 ? 'too_large' : status === 0 || status >= 500 ? 'unavailable' : 'conflict'
  return ownError('create_upload', code, saidIn(text) ?? 'The file could not be uploaded')
}

/** What our server says to people; other stores answer programs. */
function saidIn(text: string): string | undefined {
  try {
    const { data } = JSON.parse(text) as { data?: unknown }
    return typeof data === 'string' ? data : undefined
  } catch {
    return undefined
  }
}
