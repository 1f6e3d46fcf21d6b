import type { DraftRow, MessageRow } from '@dowellchat/client'
import { Clock, RotateCw, Trash2, X } from 'lucide-react'
import { useNow } from '../../../lib/use-now.ts'
import { wordsOf } from '../../../lib/words.ts'

/** Shows that a message is being sent, or why it or a change of it failed; nothing once all is sent. */
export function MessageDelivery({ row }: { readonly row: Exclude<MessageRow, DraftRow> }) {
  const { delivery, status, error, retry, discard } = row
  if (delivery === 'sent' && status !== 'refused') return null
  if (row.delivery === 'sending' && row.waitsUntil !== null) return <Waiting until={row.waitsUntil} />
  if (delivery === 'sending') {
    return (
      <p className="message-sending">
        <Clock aria-hidden />
        <span className="visually-hidden">Sending…</span>
      </p>
    )
  }
  return (
    <div className="message-failed">
      <p>
        {delivery === 'sent' ? 'Not changed.' : 'Not sent.'} {wordsOf(error)}
      </p>
      {retry && (
        <button type="button" className="button small" onClick={() => void retry()}>
          <RotateCw aria-hidden /> Retry
        </button>
      )}
      {discard && (
        <button type="button" className="button small quiet" onClick={discard}>
          {delivery === 'sent' ? (
            <>
              <X aria-hidden /> Leave it
            </>
          ) : (
            <>
              <Trash2 aria-hidden /> Delete
            </>
          )}
        </button>
      )}
    </div>
  )
}

/** The room lets its members write only once in a while. */
function Waiting({ until }: { readonly until: number }) {
  const seconds = Math.max(1, Math.ceil((until - useNow()) / 1_000))
  return (
    <p className="message-mark" role="status">
      <Clock aria-hidden /> Sent in {seconds} {seconds === 1 ? 'second' : 'seconds'}, as this room wants it
    </p>
  )
}
