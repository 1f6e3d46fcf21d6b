import type { Ticket } from '@dowellchat/client'
import { useNotes } from '@dowellchat/client/react'
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { ListStatus } from '../../components/list-status.tsx'
import { Problem } from '../../components/problem.tsx'
import { SidePanel } from '../chat/side-panel.tsx'
import { useDraft } from '../conversation/composer/drafts.ts'
import { isComposing } from '../conversation/composer/is-composing.ts'
import { useTooLong } from '../conversation/composer/use-too-long.ts'
import { useSelf } from '../people/use-self.ts'
import { Note } from './note.tsx'

interface NotesPanelProps {
  readonly ticket: Ticket
  readonly onClose: () => void
}

/** What agents note about a ticket. Its customer never sees it. */
export function NotesPanel({ ticket, onClose }: NotesPanelProps) {
  const notes = useNotes(ticket._id)
  const { messages, status, error, hasOlder, loadOlder, remove, markRead } = notes
  const end = useRef<HTMLDivElement>(null)
  const last = messages.at(-1)
  useEffect(() => {
    if (last) end.current?.scrollIntoView({ block: 'nearest' })
    if (typeof last?.message.nth === 'number') markRead(last.message.nth)
  }, [last, markRead])

  return (
    <SidePanel title="Notes" onClose={onClose}>
      <div className="desk-panel-body">
        <p className="hint">Only agents and admins see these.</p>
        <ListStatus status={status} error={error} label="Loading the notes">
          {hasOlder && (
            <button type="button" className="button small" onClick={() => void loadOlder()}>
              Show older notes
            </button>
          )}
          {messages.length > 0 && (
            <ul className="desk-notes" aria-label="Notes about this ticket">
              {messages.map((row) => (
                <Note key={row.key} row={row} onRemove={remove} />
              ))}
            </ul>
          )}
          <div ref={end} />
        </ListStatus>
      </div>
      {status === 'ready' && <NewNote ticket={ticket._id} onSend={(text) => void notes.send(text)} />}
    </SidePanel>
  )
}

interface NewNoteProps {
  readonly ticket: string
  readonly onSend: (text: string) => void
}

/** A box for a note: Enter keeps it, Shift+Enter starts a new line. */
function NewNote({ ticket, onSend }: NewNoteProps) {
  const [text, setText] = useDraft(`${useSelf().userId} notes:${ticket}`)
  const [problem, setProblem] = useState<string | null>(null)
  const tooLong = useTooLong()
  const box = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    if (matchMedia('(pointer: fine)').matches) box.current?.focus()
  }, [])

  function keep(event: FormEvent): void {
    event.preventDefault()
    if (text.trim() === '') return
    const found = tooLong(text)
    setProblem(found)
    if (found !== null) return
    onSend(text.trimEnd())
    setText('')
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Enter' && !event.shiftKey && !isComposing(event.nativeEvent)) keep(event)
  }

  return (
    <form className="desk-new-note" onSubmit={keep}>
      <Problem what={problem} />
      <textarea
        ref={box}
        className="input"
        rows={3}
        dir="auto"
        aria-label="Note"
        placeholder="Write a note for your colleagues"
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={onKeyDown}
      />
      <button type="submit" className="button">
        Add note
      </button>
    </form>
  )
}
