import type { Ticket } from '@dowellchat/client'
import { useTicketActions } from '@dowellchat/client/react'
import { type FormEvent, useId, useState } from 'react'
import { Problem } from '../../components/problem.tsx'
import { announce } from '../../lib/announce.ts'
import { whenDone } from '../../lib/when-done.ts'
import { isPriority, priorities } from './priority-words.ts'

/** The subject, the priority and the tags of a ticket, to be changed. */
export function TicketFields({ ticket }: { readonly ticket: Ticket }) {
  const { update, isPending, error } = useTicketActions()
  // Colleagues may change what is not changed here.
  const [before, setBefore] = useState(ticket)
  const [subject, setSubject] = useState(ticket.subject ?? '')
  const [tags, setTags] = useState(ticket.tags.join(', '))
  const [priority, setPriority] = useState<string>(ticket.priority)
  const id = useId()

  function save(event: FormEvent): void {
    event.preventDefault()
    const changes = {
      ...(subject !== (before.subject ?? '') && { subject: subject.trim() || null }),
      ...(tags !== before.tags.join(', ') && { tags: tagsIn(tags) }),
      ...(priority !== before.priority && isPriority(priority) && { priority }),
    }
    whenDone(update(ticket._id, changes), (saved) => {
      setBefore(saved)
      announce('Saved')
    })
  }

  return (
    <form className="desk-form" onSubmit={save}>
      <div className="field">
        <label htmlFor={`${id}s`}>Subject</label>
        <input
          id={`${id}s`}
          className="input"
          dir="auto"
          maxLength={120}
          value={subject}
          onChange={({ target }) => setSubject(target.value)}
        />
      </div>
      <div className="field">
        <label htmlFor={`${id}p`}>Priority</label>
        <select
          id={`${id}p`}
          className="input"
          value={priority}
          onChange={({ target }) => setPriority(target.value)}
        >
          {priorities.map(([one, words]) => (
            <option key={one} value={one}>
              {words}
            </option>
          ))}
        </select>
      </div>
      <div className="field">
        <label htmlFor={`${id}t`}>Tags, with commas between them</label>
        <input
          id={`${id}t`}
          className="input"
          dir="auto"
          value={tags}
          onChange={({ target }) => setTags(target.value)}
        />
      </div>
      <Problem what={error} />
      <button type="submit" className="button small" disabled={isPending}>
        Save
      </button>
    </form>
  )
}

function tagsIn(text: string): readonly string[] {
  return text
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '')
}
