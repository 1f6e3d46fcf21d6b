import { createHash } from 'node:crypto'
import type { AwsClient } from 'aws4fetch'
import { StartError } from '../../errors.ts'
import { dateNow } from '../../time.ts'
import type { S3AttachmentOptions } from './options.ts'

const neededRights = 's3:ListBucket, s3:GetObject, s3:PutObject and s3:DeleteObject'

type Headers = Readonly<Record<string, string>>

/** A bucket, whose objects this server asks for, and for which it signs addresses. */
export class Bucket {
  readonly #options: S3AttachmentOptions
  #client: AwsClient | undefined

  constructor(options: S3AttachmentOptions) {
    this.#options = options
  }

  /** @throws StartError where the keys do not open the bucket */
  async open(): Promise<void> {
    const { AwsClient } = await loadSigning()
    const { accessKeyId, secretAccessKey, sessionToken, region = 'us-east-1' } = this.#options
    const session = sessionToken === undefined ? {} : { sessionToken }
    this.#client = new AwsClient({
      accessKeyId,
      secretAccessKey,
      ...session,
      region,
      service: 's3',
      retries: 0,
    })
    await this.#expectOpen()
  }

  /** An address that allows one kind of request until a time, with exactly these headers. */
  async sign(
    method: string,
    object: string,
    expiresAt: number,
    { headers = {}, query = {} }: { readonly headers?: Headers; readonly query?: Headers },
  ): Promise<string> {
    const url = this.#urlOf(object)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    const seconds = Math.max(1, Math.floor((expiresAt - dateNow()) / 1_000))
    url.searchParams.set('X-Amz-Expires', String(seconds))
    const aws = { signQuery: true, allHeaders: true }
    const { url: signed } = await this.#ready().sign(url.href, { method, headers, aws })
    return signed
  }

  /** Asks for an object; the caller reads the answer's body, or cancels it. */
  async ask(method: string, object: string, headers: Headers = {}): Promise<Response> {
    const signed = await this.#ready().sign(this.#urlOf(object).href, { method, headers })
    const { timeoutMs = 10_000 } = this.#options
    const silence = new AbortController()
    const late = new Error(`It has said nothing for ${timeoutMs} ms`)
    const timer = setTimeout(() => silence.abort(late), timeoutMs).unref()
    const isOver = (): void => clearTimeout(timer)
    const asked = fetch(signed, { signal: silence.signal, redirect: 'error' })
    asked.catch(isOver)
    const answer = await asked
    if (!answer.body) {
      isOver()
      return answer
    }
    // A large file takes as long as it takes.
    const heard = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        timer.refresh()
        controller.enqueue(chunk)
      },
    })
    // Its reader gets what goes wrong.
    void answer.body.pipeTo(heard.writable).then(isOver, isOver)
    return new Response(heard.readable, answer)
  }

  async has(object: string): Promise<boolean> {
    const answer = await this.ask('HEAD', object)
    if (!answer.ok && answer.status !== 404) throw failure(answer, '', 'found')
    return answer.ok
  }

  /** Copies an object, if it is still that version; false where it is not. */
  async copy(from: string, to: string, version: string): Promise<boolean> {
    const answer = await this.ask('PUT', to, {
      'x-amz-copy-source': `/${this.#options.bucket}/${pathOf(from)}`,
      ...(version !== '' && { 'x-amz-copy-source-if-match': version }),
    })
    const text = await answer.text()
    if (answer.status === 412 || answer.status === 404) return false
    // The protocol may say only in the body that it went wrong.
    if (!answer.ok || text.includes('<Error>')) throw failure(answer, text, 'kept')
    return true
  }

  /** Removes an object, if there is one. */
  async remove(object: string): Promise<void> {
    const answer = await this.ask('DELETE', object)
    const text = await answer.text()
    if (!answer.ok && answer.status !== 404) throw failure(answer, text, 'removed')
  }

  #ready(): AwsClient {
    if (!this.#client) throw new TypeError('A bucket of attachments belongs to a chat server, which opens it')
    return this.#client
  }

  #urlOf(object: string): URL {
    const { endpoint, bucket } = this.#options
    return new URL(`${endpoint.replace(/\/$/, '')}/${bucket}/${pathOf(object)}`)
  }

  /** That the bucket has no such object is what is expected. */
  async #expectOpen(): Promise<void> {
    const { endpoint, bucket } = this.#options
    const answer = await this.ask('HEAD', 'dowellchat-check').catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : 'no answer'
      throw new StartError(`attachments: ${endpoint} does not answer (${reason}): check the endpoint`)
    })
    await answer.body?.cancel()
    if (answer.status === 404 || answer.ok) return
    // Keys that may not list a bucket are refused for an object that is missing, too.
    const rights = answer.status === 403 ? `, which need ${neededRights}` : ''
    throw new StartError(
      `attachments: the bucket ${bucket} at ${endpoint} answers ${answer.status}: check its name, its region and the keys${rights}`,
    )
  }
}

function pathOf(object: string): string {
  return object.split('/').map(encodeURIComponent).join('/')
}

/** Reads the body of an answer to its end; answers its size, its first bytes and its SHA-256. */
export async function readWhole(
  answer: Response,
  bytes: number,
): Promise<{ size: number; first: Uint8Array; sha256: string }> {
  const hash = createHash('sha256')
  const first: Uint8Array[] = []
  let size = 0
  for await (const chunk of answer.body ?? []) {
    hash.update(chunk)
    if (size < bytes) first.push(chunk.subarray(0, bytes - size))
    size += chunk.length
  }
  return { size, first: Buffer.concat(first), sha256: hash.digest('hex') }
}

/** In the store's words, which are for the log alone. */
export function failure({ status }: Response, text: string, done: string): Error {
  const code = /<Code>([^<]{1,80})/.exec(text)?.[1] ?? ''
  return new Error(`The bucket answered ${status} ${code}: a file could not be ${done}`)
}

async function loadSigning(): Promise<typeof import('aws4fetch')> {
  try {
    return await import('aws4fetch')
  } catch (cause) {
    throw new StartError(
      'attachments: a bucket needs the package aws4fetch, which is not installed: npm install aws4fetch@1',
      { cause },
    )
  }
}
