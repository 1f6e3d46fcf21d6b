import { useTickets, useTopics } from '@dowellchat/client/react'
import { useState } from 'react'
import { TicketFilter } from '../tickets/ticket-filter.tsx'
import { TicketList } from './ticket-list.tsx'
import { useSettled } from './use-settled.ts'

/** Everybody's tickets, of all topics or one, open or closed, and those that a text is in. */
export function AllTickets({ current }: { readonly current: string | null }) {
  const [topic, setTopic] = useState('')
  const [isClosed, setIsClosed] = useState(false)
  const [text, setText] = useState('')
  const { topics } = useTopics()
  const sought = useSettled(text.trim())
  const list = useTickets({
    is_closed: isClosed,
    order: 'last_activity',
    details: true,
    ...(topic !== '' && { product: topic }),
    ...(sought !== '' && { text: sought }),
  })
  const kind = isClosed ? 'closed' : 'open'
  return (
    <>
      <div className="desk-filter">
        <TicketFilter
          topics={topics}
          topic={topic}
          onTopic={setTopic}
          isClosed={isClosed}
          onClosed={setIsClosed}
        />
        <input
          type="search"
          className="input"
          aria-label="Find tickets"
          placeholder="Customer or subject"
          dir="auto"
          maxLength={100}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
      </div>
      <TicketList
        label={isClosed ? 'Closed tickets' : 'Open tickets'}
        list={list}
        current={current}
        none={sought === '' ? `No ${kind} tickets.` : `No ${kind} tickets with that customer or subject.`}
      />
    </>
  )
}
