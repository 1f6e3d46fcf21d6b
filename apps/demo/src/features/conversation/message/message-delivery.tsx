import type { MessageRow } from '@dowellchat/client'
import { Clock, RotateCw, Trash2, X } from 'lucide-react'
import { wordsOf } from '../../../lib/words.ts'

/** Shows that a message is being sent, or why it or a change of it failed; nothing once all is sent. */
export function MessageDelivery({ row }: { readonly row: MessageRow }) {
  const { delivery, status, error, retry, discard } = row
  if (delivery === 'sent' && status !== 'refused') return null
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
