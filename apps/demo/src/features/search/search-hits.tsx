import type { SearchHit } from '@dowellchat/client'
import type { UseSearch } from '@dowellchat/client/react'
import { Link } from 'wouter'
import { formatWhen } from '../../lib/format.ts'
import { blockedWords } from '../conversation/message/blocked-words.ts'
import { contentWords } from '../conversation/message/content-words.ts'
import { useIsBlocked } from '../people/use-is-blocked.ts'
import { useNameOf } from '../people/use-name-of.ts'
import { useSelf } from '../people/use-self.ts'
import { Excerpt } from './excerpt.tsx'
import { PlaceName } from './place-name.tsx'
import { pathOf } from './places.ts'

interface SearchHitsProps {
  readonly search: UseSearch
  /** Called when one is opened. */
  readonly onOpen: () => void
}

/** What was found, the newest first; each is a link to its message. */
export function SearchHits({ search, onOpen }: SearchHitsProps) {
  const { hits, hasMore, loadMore, indexedUntil } = search
  return (
    <>
      <p role="status" className="hint search-status">
        {statusWords(search)}
      </p>
      {indexedUntil !== null && hits.length > 0 && (
        <p className="hint">Messages after {formatWhen(indexedUntil)} may not be found yet.</p>
      )}
      {hits.length > 0 && (
        <ul className="search-hits" aria-label="Found messages">
          {hits.map((hit) => (
            <li key={hit.message._id}>
              <Hit hit={hit} onOpen={onOpen} />
            </li>
          ))}
        </ul>
      )}
      {hasMore && (
        <button type="button" className="button small" onClick={() => void loadMore()}>
          Find older ones
        </button>
      )}
    </>
  )
}

function statusWords({ status, hits, hasMore }: UseSearch): string {
  if (status === 'skipped' || status === 'error') return ''
  if (status === 'loading') return 'Searching…'
  if (hits.length === 0) return hasMore ? 'Nothing among the newer messages' : 'Nothing found'
  if (hits.length === 1 && !hasMore) return '1 message'
  return `${hits.length} messages${hasMore ? ', and more' : ''}`
}

interface HitProps {
  readonly hit: SearchHit
  readonly onOpen: () => void
}

function Hit({ hit, onOpen }: HitProps) {
  const { message } = hit
  const { userId } = useSelf()
  const name = useNameOf(message.author ?? '', message.display_name)
  return (
    <Link href={pathOf(message)} className="search-hit" onClick={onOpen}>
      <span className="search-about">
        <bdi className="one-line">{message.author === userId ? 'You' : name}</bdi>
        <span className="one-line muted">
          <PlaceName stream={message.stream} />
        </span>
        <time className="muted" dateTime={message.created_at}>
          {formatWhen(message.created_at)}
        </time>
      </span>
      <HitWords hit={hit} />
    </Link>
  )
}

function HitWords({ hit: { message, excerpt, matches } }: Pick<HitProps, 'hit'>) {
  const isBlocked = useIsBlocked(message.author ?? '')
  if (isBlocked) return blockedWords
  // It may have been found by the names of its files.
  return excerpt === '' ? contentWords(message) : <Excerpt text={excerpt} matches={matches} />
}
