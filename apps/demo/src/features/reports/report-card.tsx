import type { Report } from '@dowellchat/client'
import { useAction } from '@dowellchat/client/react'
import { Check } from 'lucide-react'
import { type FormEvent, useId, useState } from 'react'
import { Avatar } from '../../components/avatar.tsx'
import { Problem } from '../../components/problem.tsx'
import { formatWhen } from '../../lib/format.ts'
import { FileCard } from '../conversation/files/file-card.tsx'
import '../conversation/files/files.css'
import { MessageText } from '../conversation/message/message-text.tsx'
import { useNameOf } from '../people/use-name-of.ts'

interface ReportCardProps {
  readonly report: Report
  readonly resolve: (id: string, note?: string) => Promise<unknown>
}

/** Who was reported, by whom and why, and what was done about it. */
export function ReportCard({ report, resolve }: ReportCardProps) {
  const { user_id, reported_by, reason, created_at, message } = report
  const about = useNameOf(user_id ?? '')
  const by = useNameOf(reported_by ?? '')
  return (
    <article className="card report" aria-label={`Report about ${about}`}>
      <header className="report-head">
        <Avatar name={about} id={user_id ?? ''} />
        <div>
          <h2>
            <bdi>{user_id === null ? 'Somebody who is gone' : about}</bdi>
          </h2>
          <p className="muted">
            Reported by <bdi>{reported_by === null ? 'somebody who is gone' : by}</bdi> ·{' '}
            <time dateTime={created_at}>{formatWhen(created_at)}</time>
          </p>
        </div>
      </header>
      {message && (
        <blockquote className="report-message">
          {message.message_data !== '' && (
            <MessageText text={message.message_data} mentions={message.mentions} />
          )}
          {message.attachments?.map((file) => (
            <FileCard key={file.upload_id} row={message} file={file} isCurrent />
          ))}
        </blockquote>
      )}
      <p dir="auto">{reason}</p>
      {report.resolved_at === null ? (
        <Resolve id={report._id} resolve={resolve} />
      ) : (
        <Resolved report={report} />
      )}
    </article>
  )
}

function Resolve({ id, resolve }: Pick<ReportCardProps, 'resolve'> & { readonly id: string }) {
  const [note, setNote] = useState('')
  const { run, isPending, error } = useAction(resolve)
  const field = useId()

  function done(event: FormEvent): void {
    event.preventDefault()
    void (note.trim() === '' ? run(id) : run(id, note.trim()))
  }

  return (
    <form className="report-resolve" onSubmit={done}>
      <label className="visually-hidden" htmlFor={field}>
        What you did about it
      </label>
      <input
        id={field}
        className="input"
        dir="auto"
        autoComplete="off"
        placeholder="What you did about it"
        maxLength={1_000}
        value={note}
        onChange={(event) => setNote(event.target.value)}
      />
      <button type="submit" className="button primary" disabled={isPending}>
        <Check aria-hidden /> Done
      </button>
      <Problem what={error} />
    </form>
  )
}

function Resolved({ report: { resolved_by, resolved_at, resolution } }: Pick<ReportCardProps, 'report'>) {
  const name = useNameOf(resolved_by ?? '')
  return (
    <p className="muted">
      Done by <bdi>{name}</bdi>
      {resolved_at !== null && ` · ${formatWhen(resolved_at)}`}
      {resolution !== null && <>: {resolution}</>}
    </p>
  )
}
