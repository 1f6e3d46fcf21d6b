import { limits, type Message, type SearchHit, type SearchRequests } from '@dowellchat/protocol'
import { RequestError } from '../../errors.ts'
import { inTurn } from '../../queues/shared-turns.ts'
import { fileNamesOf } from '../../search/content.ts'
import { excerptOf } from '../../search/excerpt.ts'
import { matchesIn } from '../../search/matches.ts'
import { termsWanted, type Wanted, wantedIn } from '../../search/wanted.ts'
import type { Candidate, SearchQuery } from '../../stores/store.ts'
import { searchCostOf } from '../costs.ts'
import type { Context, Handlers } from '../handler.ts'
import { readableAmong, searchPlaces } from './search-access.ts'

const defaultHits = 20
/** How often one search goes on looking, where little of what it looks at is found. */
const mostLooks = 8
/** How many candidates one look asks for at most, and how many more than there is place for: some are no hits. */
const candidatesAtOnce = 50
const spareCandidates = 10

export const searchHandlers: Handlers<SearchRequests> = {
  async search({ text, from, before, limit = defaultHits, ...named }, context) {
    const { session, workspace, search } = context
    if (!workspace?.search) throw new RequestError('forbidden', 'This workspace has no search')
    const places = await searchPlaces(named, context)
    const indexed_until = await search.indexedUntil(session.workspace_id)
    const sought = { wanted: wantedIn(text), from }
    const authors = from === undefined ? {} : { authors: [from] }
    const query = { places, terms: termsWanted(sought.wanted), ...authors }
    const found = new Found(limit)
    const next = sought.wanted.length === 0 ? null : await look(query, sought, { before, found }, context)
    context.owe(searchCostOf(found.letters))
    return { hits: found.hits, more: next !== null, before: next, indexed_until }
  },
}

/** What a message has to have. */
interface Sought {
  readonly wanted: readonly Wanted[]
  readonly from: string | undefined
}

/** Looks on until there are enough hits, nothing is left, or it has looked at enough; answers where to go on. */
async function look(
  query: Pick<SearchQuery, 'places' | 'terms' | 'authors'>,
  sought: Sought,
  { before, found }: { readonly before: string | undefined; readonly found: Found },
  context: Context,
): Promise<string | null> {
  let next = before
  for (let looks = 0; looks < mostLooks; looks++) {
    const limit = Math.min(found.places + spareCandidates, candidatesAtOnce)
    const part = { limit, ...(next !== undefined && { before: next }) }
    const page = await context.store.search.find(context.session.workspace_id, { ...query, ...part })
    const messages = page.candidates.flatMap((candidate) => messageIn(candidate, sought))
    const streams = messages.map(({ message }) => message.stream)
    const readable = await readableAmong(streams, context)
    for (const { message, at } of messages)
      if (readable.has(message.stream) && (await inTurn(() => found.isFullWith(message, sought)))) return at
    if (page.before === null) return null
    next = page.before
  }
  return next ?? null
}

/** The message of a candidate, if it may be what is looked for. */
function messageIn(
  { text, at }: Candidate,
  { from }: Sought,
): { readonly message: Message; readonly at: string }[] {
  const message = parsed(text)
  if (message?.kind !== 'text' || (from !== undefined && message.author !== from)) return []
  return [{ message, at }]
}

/** Undefined where the row is damaged. */
function parsed(text: string): Message | undefined {
  try {
    // The text is a message's that the store has made.
    return JSON.parse(text) as Message
  } catch {
    return undefined
  }
}

/** The hits of an answer. */
class Found {
  readonly hits: SearchHit[] = []
  /** Of all messages that were looked at. */
  letters = 0
  readonly #limit: number
  #bytes = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** For how many more there is place. */
  get places(): number {
    return this.#limit - this.hits.length
  }

  /**
   * Adds a message, if it is what is looked for as it is now, whatever the index knows; answers whether there is place for no
   * other.
   */
  isFullWith(message: Message, { wanted }: Sought): boolean {
    const { message_data } = message
    this.letters += message_data.length
    const found = matchesIn(message_data, wanted, fileNamesOf(message))
    if (!found) return false
    const hit = { message, ...excerptOf(message_data, found, limits.excerpt_length) }
    this.hits.push(hit)
    this.#bytes += Buffer.byteLength(JSON.stringify(hit))
    return this.hits.length === this.#limit || this.#bytes > limits.page_bytes
  }
}
