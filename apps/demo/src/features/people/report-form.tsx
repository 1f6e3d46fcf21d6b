import type { ReportTarget } from '@dowellchat/client'
import { useReport } from '@dowellchat/client/react'
import { type FormEvent, useState } from 'react'
import { Problem } from '../../components/problem.tsx'
import { announce } from '../../lib/announce.ts'
import { whenDone } from '../../lib/when-done.ts'
import './people-list.css'

interface ReportFormProps {
  readonly target: ReportTarget
  readonly onDone: () => void
}

/** Tells the admins about a message or a person, and why. */
export function ReportForm({ target, onDone }: ReportFormProps) {
  const { report, isPending, error } = useReport()
  const [reason, setReason] = useState('')
  const [isMissing, setIsMissing] = useState(false)

  function send(event: FormEvent): void {
    event.preventDefault()
    const isEmpty = reason.trim() === ''
    setIsMissing(isEmpty)
    if (isEmpty) return
    whenDone(report(target, reason.trim()), () => {
      announce('Reported to the admins')
      onDone()
    })
  }

  return (
    <form className="report-form" onSubmit={send}>
      <p className="muted">The admins of this workspace read it. Nobody else does.</p>
      <div className="field">
        <label htmlFor="report-reason">What is wrong?</label>
        <textarea
          id="report-reason"
          className="input"
          rows={3}
          dir="auto"
          maxLength={1_000}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </div>
      <Problem what={isMissing ? 'Say in a few words what is wrong' : error} />
      <button type="submit" className="button danger" disabled={isPending}>
        Report
      </button>
    </form>
  )
}
