import { StartError } from '../../errors.ts'
import type { AttachmentStore, FileKey, FileStart, IncomingFile } from '../attachment-store.ts'
import { contentDisposition } from '../disposition.ts'
import { Bucket, failure, readWhole } from './bucket.ts'
import type { S3AttachmentOptions } from './options.ts'

export type {
  AttachmentHost,
  AttachmentStore,
  FileKey,
  FileStart,
  IncomingFile,
  ServedFile,
  UploadAddress,
} from '../attachment-store.ts'

export type { S3AttachmentOptions } from './options.ts'

/**
 * Keeps the files of messages in a bucket; browsers send and fetch the bytes there. Uploads come to `incoming/`, and are copied to
 * `files/` when they are finished: no address lets anybody change a file afterwards. Needs aws4fetch.
 */
export function s3Attachments(options: S3AttachmentOptions): AttachmentStore {
  const { prefix = '' } = options
  const origin = originOf(options)
  const bucket = new Bucket(options)
  const place = (folder: string, { workspace_id, upload_id }: FileKey) =>
    `${prefix}${folder}/${encodeURIComponent(workspace_id).replaceAll('.', '%2E')}/${upload_id}`
  const incoming = (key: FileKey) => place('incoming', key)
  const kept = (key: FileKey) => place('files', key)

  return {
    origin,

    open: () => bucket.open(),

    async addressFor(file, expiresAt) {
      const { type, size } = file
      const headers = { 'content-type': type, 'content-length': String(size) }
      const url = await bucket.sign('PUT', incoming(file), expiresAt, { headers })
      // The length is the body's: no page may send that header itself.
      return { url, headers: [{ name: 'content-type', value: type }] }
    },

    async look(file, bytes) {
      const arrived = await lookAt(bucket, incoming(file), file, bytes)
      if (!arrived) return lookAt(bucket, kept(file), file, bytes).then((found) => found?.start ?? null)
      return { ...arrived.start, version: arrived.etag }
    },

    async keep(file, { version }) {
      // It is there already: an earlier try has copied it.
      if (version === undefined) return true
      // Another one who has found it may have kept it meanwhile.
      if (!(await bucket.copy(incoming(file), kept(file), version))) return bucket.has(kept(file))
      await bucket.remove(incoming(file))
      return true
    },

    urlOf({ name, type, disposition, ...key }, expiresAt) {
      const query = {
        'response-content-type': type,
        'response-content-disposition': contentDisposition(disposition, name),
        'response-cache-control': 'private, max-age=300',
      }
      return bucket.sign('GET', kept(key), expiresAt, { query })
    },

    async remove(key) {
      await bucket.remove(incoming(key))
      await bucket.remove(kept(key))
    },
  }
}

/** Reads the beginning of an object, or all of it where a SHA-256 was given. */
async function lookAt(
  bucket: Bucket,
  object: string,
  { size, sha256 }: IncomingFile,
  bytes: number,
): Promise<{ readonly start: FileStart; readonly etag: string } | null> {
  const isPart = sha256 === null && size > bytes
  const answer = await bucket.ask('GET', object, isPart ? { range: `bytes=0-${bytes - 1}` } : {})
  if (answer.status === 404) {
    await answer.body?.cancel()
    return null
  }
  if (!answer.ok) throw failure(answer, await answer.text(), 'read')
  const read = await readWhole(answer, bytes)
  const total = /\/(\d+)$/.exec(answer.headers.get('content-range') ?? '')?.[1]
  const start = {
    size: total === undefined ? read.size : Number(total),
    first: read.first,
    hasSha256: sha256 === null || sha256 === read.sha256,
  }
  return { start, etag: answer.headers.get('etag') ?? '' }
}

function originOf({ endpoint, bucket }: S3AttachmentOptions): string {
  // One with a password in it is not shown.
  if (!/^https?:\/\/[^?#@\s]+$/.test(endpoint) || !URL.canParse(endpoint))
    throw new StartError('attachments: endpoint: expected an address such as https://s3.example')
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket))
    throw new StartError(`attachments: bucket: expected the name of a bucket, got ${bucket}`)
  return new URL(endpoint).origin
}
