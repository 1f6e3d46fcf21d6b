import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { createLanes, type Faults, type Lanes } from './faults.ts'
import { bodyOf, packetsIn } from './packets.ts'

/** What has become of a polling connection, which lives on while no request is under way. */
type End = 'cut' | 'silent'

/** Passes HTTP requests on; those of engine.io's polling packet by packet. */
export class Polling {
  readonly #faults: Faults
  readonly #lanes = new Map<string, Lanes>()
  readonly #ends = new Map<string, End>()
  readonly #whenFlowing: () => Promise<void>

  /** @param whenFlowing resolves as soon as the client takes what the server sends */
  constructor(faults: Faults, whenFlowing: () => Promise<void>) {
    this.#faults = faults
    this.#whenFlowing = whenFlowing
  }

  /** Ends all connections: their next requests are broken, or get no answer. */
  end(end: End): void {
    for (const sid of this.#lanes.keys()) this.#ends.set(sid, end)
    this.#lanes.clear()
  }

  /**
   * @param isSilent whether the client's connection has fallen silent meanwhile
   * @returns rejects where the client's connection is to be broken
   */
  async pass(
    from: IncomingMessage,
    to: ServerResponse,
    server: string,
    isSilent: () => boolean,
  ): Promise<void> {
    const sid = sidOf(from)
    const end = sid === undefined ? undefined : this.#ends.get(sid)
    if (end === 'cut') throw new Error('The connection is cut')
    if (end === 'silent') return
    const lanes = sid === undefined ? undefined : this.#lanesOf(sid)
    const asked = lanes && bodyOf(await lanes.toServer.pass(packetsIn(await text(from))))
    if (isSilent()) return
    const answer = await ask(from, to, server, asked)
    await this.#whenFlowing()
    const given = lanes && (await passAnswer(from, answer, lanes))
    if (isSilent()) return
    const { 'content-length': length, ...headers } = answer.headers
    to.writeHead(answer.statusCode ?? 502, given === undefined ? answer.headers : headers)
    if (given === undefined) answer.pipe(to)
    else to.end(given)
  }

  #lanesOf(sid: string): Lanes {
    const lanes = this.#lanes.get(sid) ?? createLanes(this.#faults)
    this.#lanes.set(sid, lanes)
    return lanes
  }
}

/** The id of a polling connection; undefined for its handshake and for other requests. */
function sidOf({ url = '' }: IncomingMessage): string | undefined {
  const query = new URL(url, 'http://link').searchParams
  return query.get('transport') === 'polling' ? (query.get('sid') ?? undefined) : undefined
}

/** Only a GET is answered with packets. */
async function passAnswer(from: IncomingMessage, answer: IncomingMessage, lanes: Lanes): Promise<string> {
  const body = await text(answer)
  if (from.method !== 'GET' || answer.statusCode !== 200) return body
  return bodyOf(await lanes.toClient.pass(packetsIn(body)))
}

/** Sends a request as it came, with another body where one is given. */
function ask(
  from: IncomingMessage,
  to: ServerResponse,
  server: string,
  body: string | undefined,
): Promise<IncomingMessage> {
  // Packets cannot be read once they are compressed.
  const { 'content-length': length, 'accept-encoding': encoding, ...headers } = from.headers
  const method = from.method ?? 'GET'
  return new Promise((resolve, reject) => {
    const asked = request(new URL(from.url ?? '/', server), {
      agent: false,
      method,
      headers: body === undefined ? from.headers : headers,
    })
    asked.on('response', resolve)
    asked.on('error', reject)
    to.on('close', () => asked.destroy())
    if (body === undefined) from.pipe(asked)
    else asked.end(method === 'GET' ? undefined : body)
  })
}
