import { readFile } from 'node:fs/promises'
import { StartError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import { dateNow } from '../time.ts'
import { keysOfJwks, type TokenKey } from './token-keys.ts'

/** How long an unknown key id waits until it may make the server read again. */
const cooldownMs = 30_000
/** How long keys are used before the document is read again, so that a key that was taken out is noticed. */
const freshMs = 10 * 60 * 1_000
const timeoutMs = 5_000
const mostBytes = 256 * 1_024

/** The keys of a JWKS document that changes while the server runs: a file, or a URL of the configuration. */
export class Jwks {
  readonly place: string
  readonly #logger: Logger
  #keys: readonly TokenKey[] | undefined
  #readAt = Number.NEGATIVE_INFINITY
  #reading: Promise<void> | undefined

  private constructor(place: string, logger: Logger) {
    this.place = place
    this.#logger = logger
  }

  /**
   * Reads the document for the first time. A URL that does not answer is tried again later, since an identity provider may
   * start after us.
   * @throws StartError for a file without such a document
   */
  static async open(place: string, logger: Logger): Promise<Jwks> {
    const jwks = new Jwks(place, logger)
    if (isUrl(place)) await jwks.#read()
    else jwks.#keys = await readFirst(place)
    return jwks
  }

  /** The keys as they are now; undefined where they have never been read. */
  get known(): readonly TokenKey[] | undefined {
    return this.#keys
  }

  /** The keys; read again for an id that is not among them, but not more often than every 30 s. */
  async keys(kid: string | undefined): Promise<readonly TokenKey[] | undefined> {
    // The clock may have been set back.
    const age = Math.abs(dateNow() - this.#readAt)
    const isMissing = !this.#keys || (kid !== undefined && !this.#keys.some((key) => key.kid === kid))
    if (this.#reading && isMissing) await this.#reading
    else if (isMissing && age >= cooldownMs) await this.#read()
    // Nobody waits for it.
    else if (age >= freshMs) void this.#read()
    return this.#keys
  }

  #read(): Promise<void> {
    this.#readAt = dateNow()
    this.#reading ??= this.#replaceKeys().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  async #replaceKeys(): Promise<void> {
    try {
      this.#keys = keysOfJwks(await readDocument(this.place))
    } catch (error) {
      this.#logger.error(
        { jwks: this.place, error },
        'The keys of tokens cannot be read; those known are kept',
      )
    }
  }
}

function isUrl(place: string): boolean {
  return /^https?:/i.test(place)
}

async function readFirst(place: string): Promise<readonly TokenKey[]> {
  try {
    return keysOfJwks(await readDocument(place))
  } catch (cause) {
    throw new StartError(`The JWKS file ${place} cannot be used: ${(cause as Error).message}`, { cause })
  }
}

async function readDocument(place: string): Promise<unknown> {
  return JSON.parse(isUrl(place) ? await download(place) : await readFile(place, 'utf8'))
}

async function download(url: string): Promise<string> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) })
  if (!response.ok || !response.body) throw new Error(`the status is ${response.status}`)
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body) {
    bytes += chunk.length
    if (bytes > mostBytes) throw new Error(`a document has at most ${mostBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
