import { Clock, RotateCw, Trash2 } from 'lucide-react'
import { wordsOf } from '../../../lib/words.ts'
import type { MessageRow } from '../../../sdk.ts'

/** Shows that a message is being sent, or why it failed; nothing once it is sent. */
export function MessageDelivery({ row: { delivery, error, retry, discard } }: { readonly row: MessageRow }) {
  if (delivery === 'sent') return null
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
      <p>Not sent. {wordsOf(error)}</p>
      {retry && (
        <button type="button" className="button small" onClick={() => void retry()}>
          <RotateCw aria-hidden /> Retry
        </button>
      )}
      {discard && (
        <button type="button" className="button small quiet" onClick={discard}>
          <Trash2 aria-hidden /> Delete
        </button>
      )}
    </div>
  )
}
