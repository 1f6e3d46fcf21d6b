import type { MessageRow } from '@dowellchat/client'
import type { ReactNode } from 'react'
import { formatTime } from '../../../lib/format.ts'
import { useNameOf } from '../../people/use-name-of.ts'
import { useSelf } from '../../people/use-self.ts'
import { useTopicTitle } from '../../tickets/use-topic-title.ts'

interface TicketFactProps {
  readonly row: MessageRow
  /** Whether the keyboard is at this entry. */
  readonly isCurrent: boolean
}

/** What happened to a ticket, in words: `Meg passed the ticket on to Sam: Knows the printers`. */
export function TicketFact({ row, isCurrent }: TicketFactProps) {
  const { created_at } = row.message
  return (
    <article className="message-fact" tabIndex={isCurrent ? 0 : -1} dir="auto">
      <Words row={row} /> · <time dateTime={created_at}>{formatTime(created_at)}</time>
    </article>
  )
}

function Words({ row }: { readonly row: MessageRow }) {
  const { kind, author, fact, message_data } = row.message
  const who = <Name id={author} isFirst />
  const whom = fact?.line_manager ? <Name id={fact.line_manager} /> : null
  switch (kind) {
    case 'closed':
      return <>{who} closed this ticket</>
    case 'assigned':
      return author === fact?.line_manager || !whom ? (
        <HasIt id={fact?.line_manager ?? author} />
      ) : (
        <>
          {who} gave the ticket to {whom}
        </>
      )
    case 'transferred':
      return (
        <>
          {who} passed the ticket on to {whom ?? <TopicTitle name={fact?.product} />}
          <Because reason={fact?.reason} />
        </>
      )
    case 'handed_back':
      return <>The ticket is back in line</>
    case 'held':
      return (
        <>
          {who} put the ticket on hold
          <Because reason={fact?.reason} />
        </>
      )
    case 'resumed':
      return <>{who} took the ticket off hold</>
    case 'reopened':
      return <>{who} opened the ticket again</>
    case 'rated':
      return (
        <>
          {who} gave {fact?.score ?? 0} of 5 points
          <Because reason={message_data.split(': ').slice(1).join(': ')} />
        </>
      )
    default:
      return <>{message_data}</>
  }
}

function TopicTitle({ name }: { readonly name: string | undefined }) {
  const titleOf = useTopicTitle()
  return <bdi>{name === undefined ? 'another topic' : titleOf(name)}</bdi>
}

/** `You have the ticket`, `Meg has the ticket`. */
function HasIt({ id }: { readonly id: string | null }) {
  const { userId } = useSelf()
  return (
    <>
      <Name id={id} isFirst /> {id === userId ? 'have' : 'has'} the ticket
    </>
  )
}

function Because({ reason }: { readonly reason: string | undefined }): ReactNode {
  return reason ? (
    <>
      : <bdi>{reason}</bdi>
    </>
  ) : null
}

interface NameProps {
  readonly id: string | null
  /** Whether a sentence begins with it. */
  readonly isFirst?: boolean
}

function Name({ id, isFirst = false }: NameProps) {
  const { userId } = useSelf()
  const name = useNameOf(id ?? '')
  if (!id) return <>{isFirst ? 'Somebody' : 'somebody'}</>
  if (id === userId) return <>{isFirst ? 'You' : 'you'}</>
  return <bdi>{name}</bdi>
}
