import type { Attachment, AttachmentRequests, Message } from '@dowellchat/protocol'
import type { Files } from '../../attachments/files.ts'
import { unnamedMs } from '../../attachments/sweeping.ts'
import { RequestError } from '../../errors.ts'
import type { WorkspaceLimits } from '../../limits.ts'
import type { Creation } from '../../stores/domains/rows.ts'
import { toAttachment } from '../../stores/fields/uploads.ts'
import type { NewUpload, UploadRow } from '../../stores/store.ts'
import { dateNow, isoNow } from '../../time.ts'
import type { Context, Handlers } from '../handler.ts'
import { requireRow } from './access.ts'
import { readableStream } from './stream-access.ts'

const mib = 1_048_576

export const attachmentHandlers: Handlers<AttachmentRequests> = {
  async create_upload({ cid, size, ...said }, context) {
    const files = requireFiles(context)
    const { session, store, limits, fingerprint } = context
    const { workspace_id } = session
    if (size > limits.uploadBytes)
      throw new RequestError('limit_reached', `A file may have at most ${limits.uploadBytes} bytes`)
    const { name, type, sha256 = null, width = null, height = null, duration_ms = null } = said
    const file = { name, type, size, sha256, width, height, duration_ms }
    const creation = await store.uploads.create({ ...madeBy(context), ...file, cid, fingerprint })
    const { row, created } = requireRow(creation, cid, 'Upload', limitOf(creation, limits))
    if (isGone(row)) throw new RequestError('conflict', 'This upload was removed: begin another one')
    if (created) files.count('created')
    const { url, headers, expires_at } = await files.addressFor(workspace_id, row)
    return { upload_id: row._id, url, headers: [...headers], expires_at }
  },

  async finish_upload({ upload_id }, context) {
    const { finishing } = requireFiles(context)
    await requireUpload(context, upload_id)
    const { workspace_id } = context.session
    return finishing.ask(`${workspace_id}\n${upload_id}`, () => finish(upload_id, context))
  },

  async cancel_upload({ upload_id }, context) {
    const files = requireFiles(context)
    const { session, store } = context
    const isGone = await store.uploads.cancel(session.workspace_id, upload_id, session.user_ids, isoNow())
    if (!isGone) throw new RequestError('conflict', 'A message has this file: remove the message instead')
    files.sweepSoon()
    files.count('cancelled')
    return { upload_id }
  },

  async get_attachment_url({ stream, seq, message_id, upload_id }, context) {
    const files = requireFiles(context)
    const key = await readableStream(stream, context)
    const text = await context.store.streams.message(key, seq)
    // The text is a message's that a store of ours made.
    const message = JSON.parse(text ?? 'null') as Message | null
    const attachment =
      message?._id === message_id
        ? message.attachments?.find((one) => one.upload_id === upload_id)
        : undefined
    if (!attachment)
      throw new RequestError('not_found', `Message ${message_id} has no file ${upload_id} in ${stream}`)
    return files.urlOf(key.workspace_id, attachment)
  },
}

async function finish(uploadId: string, context: Context): Promise<Attachment> {
  const files = requireFiles(context)
  const { session, store } = context
  const { workspace_id, user_ids } = session
  const row = await requireUpload(context, uploadId)
  if (row.state !== 'created') return toAttachment(row)
  const problem = await files.take(workspace_id, row)
  if (problem === 'missing')
    throw new RequestError('conflict', 'The bytes of this upload are not here yet: send them first')
  if (problem) {
    await store.uploads.cancel(workspace_id, uploadId, user_ids, isoNow())
    files.sweepSoon()
    files.count('refused')
    throw new RequestError('conflict', problem.why)
  }
  const finished = await store.uploads.finish(workspace_id, uploadId, row.due_at ?? isoNow())
  // It was cancelled meanwhile.
  if (!finished || isGone(finished)) throw uploadNotFound(uploadId)
  files.count('finished')
  return toAttachment(finished)
}

/** @throws RequestError `forbidden` where the server keeps no files */
export function requireFiles({ files }: Context): Files {
  if (!files) throw noFiles()
  return files
}

export function noFiles(): RequestError {
  return new RequestError('forbidden', 'This server keeps no files')
}

/** Whose upload it is, and what they may upload today. */
/** What somebody is told whose upload does not fit into the day. */
function limitOf(creation: Creation<UploadRow>, limits: WorkspaceLimits): string | undefined {
  switch ('conflict' in creation && creation.conflict) {
    case 'limit':
      return `You may upload ${limits.userUploadMiB} MiB a day`
    case 'guests_limit':
      return `The guests of this workspace may upload ${limits.guestsUploadMiB} MiB a day`
    case 'workspace_limit':
      return `This workspace may upload ${limits.workspaceUploadMiB} MiB a day`
    default:
      return undefined
  }
}

function madeBy({ session, limits }: Context) {
  const now = dateNow()
  return {
    workspace_id: session.workspace_id,
    user_id: session.user_id,
    earlier_ids: session.user_ids.slice(1),
    due_at: new Date(now + unnamedMs).toISOString(),
    day: new Date(now).toISOString().slice(0, 10),
    most_user_bytes: limits.userUploadMiB * mib,
    ...(session.is_guest && { most_guests_bytes: limits.guestsUploadMiB * mib }),
    most_workspace_bytes: limits.workspaceUploadMiB * mib,
  } satisfies Partial<NewUpload>
}

/** An upload of the session's own. Any other fails like one that does not exist. */
async function requireUpload({ session, store }: Context, uploadId: string): Promise<UploadRow> {
  const row = await store.uploads.get(session.workspace_id, uploadId)
  if (!row || isGone(row) || !session.user_ids.includes(row.user_id)) throw uploadNotFound(uploadId)
  return row
}

function isGone({ state }: UploadRow): boolean {
  return state === 'gone' || state === 'swept'
}

export function uploadNotFound(uploadId: string): RequestError {
  return new RequestError('not_found', `Upload ${uploadId} does not exist`)
}
