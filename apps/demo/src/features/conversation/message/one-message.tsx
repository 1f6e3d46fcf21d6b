import type { MessageRow } from '@dowellchat/client'
import { Pin } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
import { Avatar } from '../../../components/avatar.tsx'
import { formatTime } from '../../../lib/format.ts'
import { paths } from '../../../lib/paths.ts'
import { addressOf } from '../../people/seen-people.ts'
import { useNameOf } from '../../people/use-name-of.ts'
import { isStored, useConversationActions } from '../conversation-context.ts'
import { LazyMessageFiles } from '../files/lazy-parts.tsx'
import { MessageDelivery } from './message-delivery.tsx'
import { MessageDraft } from './message-draft.tsx'
import { MessageQuote } from './message-quote.tsx'
import { MessageReactions } from './message-reactions.tsx'
import { MessageText } from './message-text.tsx'
import { MessageThread } from './message-thread.tsx'
import { MessageTicks } from './message-ticks.tsx'
import { MessageTools } from './message-tools.tsx'

interface OneMessageProps {
  readonly row: MessageRow
  readonly startsGroup: boolean
  readonly isCurrent: boolean
}

/** Author, time, text, and what is around it. */
export function OneMessage({ row, startsGroup, isCurrent }: OneMessageProps) {
  const { created_at, message_data, mentions, ...message } = row.message
  const author = message.author ?? ''
  const name = useNameOf(author, message.display_name)
  const time = formatTime(created_at)
  const stored = isStored(row) ? row : null
  // A list that is scrolled through has none of the tools.
  const [wasNear, setWasNear] = useState(false)
  const comeNear = (): void => setWasNear(true)
  return (
    <article
      className="message"
      data-own={row.isOwn}
      data-first={startsGroup}
      data-mentions-me={row.mentionsMe}
      aria-busy={row.delivery === 'draft'}
      tabIndex={isCurrent ? 0 : -1}
      aria-label={`${row.isOwn ? 'You' : name}, ${time}`}
      onPointerEnter={comeNear}
      onFocus={comeNear}
    >
      {startsGroup && !row.isOwn && <Avatar name={name} id={author} />}
      <div className="message-body">
        {startsGroup && <MessageHead author={author} name={row.isOwn ? null : name} createdAt={created_at} />}
        <div className="message-line">
          <div className="message-bubble">
            {message.pinned_at !== undefined && <PinnedMark />}
            <MessageQuote message={row.message} isCurrent={isCurrent} />
            {message_data !== '' && (
              <MessageText text={message_data} mentions={mentions} isGrowing={row.delivery === 'draft'} />
            )}
            {message.attachments && (
              <LazyMessageFiles row={row} files={message.attachments} isCurrent={isCurrent} />
            )}
            {message.edited_at !== undefined && <EditedMark at={message.edited_at} />}
          </div>
          {stored && wasNear && <MessageTools row={stored} author={row.isOwn ? 'your message' : name} />}
          {stored?.isOwn && <MessageTicks nth={stored.message.nth} />}
        </div>
        {stored && stored.reactions.length > 0 && <MessageReactions row={stored} isCurrent={isCurrent} />}
        {stored?.message.has_thread && <MessageThread message={stored.message} isCurrent={isCurrent} />}
        {row.delivery === 'draft' ? <MessageDraft row={row} author={name} /> : <MessageDelivery row={row} />}
      </div>
    </article>
  )
}

interface MessageHeadProps {
  readonly author: string
  /** Null for your own. */
  readonly name: string | null
  readonly createdAt: string
}

function MessageHead({ author, name, createdAt }: MessageHeadProps) {
  const { place } = useConversationActions()
  const ticket = typeof place === 'object' && 'ticket' in place ? place.ticket : undefined
  return (
    <p className="message-head">
      {name !== null && (
        <Link href={paths.callTo(addressOf(author), ticket)} title={`Call ${name}`} tabIndex={-1}>
          <bdi>{name}</bdi>
        </Link>
      )}
      <time dateTime={createdAt}>{formatTime(createdAt)}</time>
    </p>
  )
}

function PinnedMark() {
  return (
    <p className="message-mark">
      <Pin aria-hidden /> Pinned
    </p>
  )
}

function EditedMark({ at }: { readonly at: string }) {
  return (
    <p className="message-mark" title={`Edited at ${formatTime(at)}`}>
      Edited
    </p>
  )
}
