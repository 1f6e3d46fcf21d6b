import type { AwsClient } from 'aws4fetch'
import { StartError } from '../../errors.ts'
import { dateNow } from '../../time.ts'
import type { AttachmentStore, FileKey } from '../attachment-store.ts'
import { contentDisposition } from '../disposition.ts'

export type {
  AttachmentHost,
  AttachmentStore,
  FileKey,
  FileStart,
  IncomingFile,
  ServedFile,
  UploadAddress,
} from '../attachment-store.ts'

/** A bucket of Amazon S3, or of another store that speaks its protocol. */
export interface S3AttachmentOptions {
  /** Where browsers and this server reach the store, as `https://s3.eu-central-1.amazonaws.com`. */
  readonly endpoint: string
  readonly bucket: string
  /** Default `us-east-1`, which stores without regions expect. */
  readonly region?: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  /** Before the key of every object, as `chat/`. Default: nothing. */
  readonly prefix?: string
  /** How long the store may take to answer, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number
}

/** Keeps the files of messages in a bucket; browsers send and fetch the bytes there. Needs aws4fetch. */
export function s3Attachments(options: S3AttachmentOptions): AttachmentStore {
  const { endpoint, bucket, region = 'us-east-1', prefix = '', timeoutMs = 10_000 } = options
  const origin = originOf(options)
  let signing: AwsClient | undefined

  function objectUrl({ workspace_id, upload_id }: FileKey): URL {
    const key = `${prefix}${encodeURIComponent(workspace_id)}/${upload_id}`
    return new URL(
      `${endpoint.replace(/\/$/, '')}/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`,
    )
  }

  function client(): AwsClient {
    if (!signing) throw new TypeError('A bucket of attachments belongs to a chat server, which opens it')
    return signing
  }

  /** An address that allows one request until a time, with exactly these headers. */
  async function signedUrl(
    method: string,
    url: URL,
    expiresAt: number,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const seconds = Math.max(1, Math.floor((expiresAt - dateNow()) / 1_000))
    url.searchParams.set('X-Amz-Expires', String(seconds))
    const aws = { signQuery: true, allHeaders: true, datetime: amzTime() }
    const { url: signed } = await client().sign(url.href, { method, headers, aws })
    return signed
  }

  /** A request of this server's own. */
  async function ask(
    method: string,
    url: URL,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const aws = { datetime: amzTime() }
    const signed = await client().sign(url.href, { method, headers, aws })
    return fetch(signed, { signal: AbortSignal.timeout(timeoutMs), redirect: 'error' })
  }

  return {
    origin,

    async open() {
      const { AwsClient } = await loadSigning()
      const { accessKeyId, secretAccessKey, sessionToken } = options
      const session = sessionToken === undefined ? {} : { sessionToken }
      signing = new AwsClient({ accessKeyId, secretAccessKey, ...session, region, service: 's3', retries: 0 })
      await expectBucket(options, () =>
        ask('HEAD', objectUrl({ workspace_id: '.check', upload_id: 'check' })),
      )
    },

    async addressFor(file, expiresAt) {
      const headers = uploadHeaders(file)
      const url = await signedUrl('PUT', objectUrl(file), expiresAt, {
        ...headers,
        'content-length': String(file.size),
      })
      // The length is the body's: pages may not send that header themselves.
      return { url, headers: Object.entries(headers).map(([name, value]) => ({ name, value })) }
    },

    async look(key, bytes) {
      const answer = await ask('GET', objectUrl(key), { range: `bytes=0-${bytes - 1}` })
      if (answer.status === 404) {
        await answer.body?.cancel()
        return null
      }
      if (answer.status !== 206 && answer.status !== 200) throw await failure(answer, 'read')
      const first = new Uint8Array(await answer.arrayBuffer()).subarray(0, bytes)
      return { size: sizeIn(answer, first.length), first }
    },

    async urlOf({ name, type, disposition, ...key }, expiresAt) {
      const url = objectUrl(key)
      url.searchParams.set('response-content-type', type)
      url.searchParams.set('response-content-disposition', contentDisposition(disposition, name))
      url.searchParams.set('response-cache-control', 'private, max-age=300')
      return signedUrl('GET', url, expiresAt)
    },

    async remove(key) {
      const answer = await ask('DELETE', objectUrl(key))
      if (!answer.ok && answer.status !== 404) throw await failure(answer, 'removed')
      await answer.body?.cancel()
    },
  }
}

/** What an upload has to send. An object that is there is not replaced. */
function uploadHeaders({ type, sha256 }: { readonly type: string; readonly sha256: string | null }) {
  const checksum =
    sha256 === null ? {} : { 'x-amz-checksum-sha256': Buffer.from(sha256, 'hex').toString('base64') }
  return { 'content-type': type, 'if-none-match': '*', ...checksum }
}

/** The servers' time as the protocol writes it. */
function amzTime(): string {
  return new Date(dateNow()).toISOString().replace(/[:-]|\.\d{3}/g, '')
}

function sizeIn({ status, headers }: Response, read: number): number {
  const total = /\/(\d+)$/.exec(headers.get('content-range') ?? '')?.[1]
  if (total !== undefined) return Number(total)
  const length = headers.get('content-length')
  return status === 200 && length !== null ? Number(length) : read
}

/** In the store's words, which are for the log alone. */
async function failure(answer: Response, done: string): Promise<Error> {
  const text = await answer.text().catch(() => '')
  const code = /<Code>([^<]{1,80})/.exec(text)?.[1] ?? ''
  return new Error(`The bucket answered ${answer.status} ${code}: the file could not be ${done}`)
}

async function loadSigning(): Promise<typeof import('aws4fetch')> {
  try {
    return await import('aws4fetch')
  } catch {
    throw new StartError(
      'attachments: a bucket needs the package aws4fetch: install it beside @dowellchat/server',
    )
  }
}

function originOf({ endpoint, bucket }: S3AttachmentOptions): string {
  if (!/^https?:\/\/[^?#@\s]+$/.test(endpoint) || !URL.canParse(endpoint))
    throw new StartError(
      `attachments: endpoint: expected an address such as https://s3.example, got ${endpoint}`,
    )
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket))
    throw new StartError(`attachments: bucket: expected the name of a bucket, got ${bucket}`)
  return new URL(endpoint).origin
}

/** Whether the keys open the bucket. That it has no such object is what is expected. */
async function expectBucket(
  { endpoint, bucket }: S3AttachmentOptions,
  ask: () => Promise<Response>,
): Promise<void> {
  const answer = await ask().catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : 'no answer'
    throw new StartError(`attachments: ${endpoint} does not answer (${reason}): check the endpoint`)
  })
  await answer.body?.cancel()
  if (answer.status === 404 || answer.ok) return
  throw new StartError(
    `attachments: the bucket ${bucket} at ${endpoint} answers ${answer.status}: check its name, its region and the keys`,
  )
}
