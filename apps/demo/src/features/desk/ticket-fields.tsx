import type { Ticket } from '@dowellchat/client'
import { useTicketActions } from '@dowellchat/client/react'
import { type FormEvent, useId, useState } from 'react'
import { Problem } from '../../components/problem.tsx'
import { announce } from '../../lib/announce.ts'
import { whenDone } from '../../lib/when-done.ts'
import { isPriority, priorities } from './priority-words.ts'

/** What can be changed of a ticket, as it is typed. */
interface Fields {
  readonly subject: string
  readonly tags: string
  readonly priority: string
}

function fieldsOf({ subject, tags, priority }: Ticket): Fields {
  return { subject: subject ?? '', tags: tags.join(', '), priority }
}

/** The subject, the priority and the tags of a ticket, to be changed. */
export function TicketFields({ ticket }: { readonly ticket: Ticket }) {
  const { update, isPending, error } = useTicketActions()
  // What is not changed here follows what colleagues change.
  const [draft, setDraft] = useState<Partial<Fields>>({})
  const { subject, tags, priority } = { ...fieldsOf(ticket), ...draft }
  const change = (changes: Partial<Fields>): void => setDraft({ ...draft, ...changes })
  const id = useId()

  function save(event: FormEvent): void {
    event.preventDefault()
    const changes = {
      ...(draft.subject !== undefined && { subject: draft.subject.trim() || null }),
      ...(draft.tags !== undefined && { tags: tagsIn(draft.tags) }),
      ...(draft.priority !== undefined && isPriority(draft.priority) && { priority: draft.priority }),
    }
    whenDone(update(ticket._id, changes), () => {
      // What was typed meanwhile is not saved yet.
      setDraft((now) => (now === draft ? {} : now))
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
          onChange={({ target }) => change({ subject: target.value })}
        />
      </div>
      <div className="field">
        <label htmlFor={`${id}p`}>Priority</label>
        <select
          id={`${id}p`}
          className="input"
          value={priority}
          onChange={({ target }) => change({ priority: target.value })}
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
          onChange={({ target }) => change({ tags: target.value })}
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
