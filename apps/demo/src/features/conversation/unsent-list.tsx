import { useCallback } from 'react'
import { Problem } from '../../components/problem.tsx'
import { useTask } from '../../lib/use-task.ts'
import { MessageText } from './message-text.tsx'
import { forgetUnsent, type Unsent } from './unsent.ts'
import './unsent-list.css'

/** Sends a text with its original cid, so that the server never stores it twice. */
export type Resend = (unsent: Unsent) => Promise<unknown>

interface UnsentListProps {
  readonly conversationKey: string
  readonly unsent: readonly Unsent[]
  readonly resend: Resend
}

/** Messages that could not be sent before the page was reloaded. */
export function UnsentList({ conversationKey, unsent, resend }: UnsentListProps) {
  if (unsent.length === 0) return null
  return (
    <section className="unsent" aria-label="Not sent">
      <h2>Not sent before you reloaded</h2>
      <ul>
        {unsent.map((one) => (
          <UnsentItem key={one.cid} unsent={one} conversationKey={conversationKey} resend={resend} />
        ))}
      </ul>
    </section>
  )
}

interface UnsentItemProps extends Omit<UnsentListProps, 'unsent'> {
  readonly unsent: Unsent
}

function UnsentItem({ unsent, conversationKey, resend }: UnsentItemProps) {
  const { run, isPending, problem } = useTask(
    useCallback(async () => {
      await resend(unsent)
      forgetUnsent(conversationKey, unsent.cid)
    }, [resend, unsent, conversationKey]),
  )
  return (
    <li>
      <MessageText text={unsent.text} />
      <div className="buttons">
        <button type="button" className="button small" disabled={isPending} onClick={() => void run()}>
          Retry
        </button>
        <button
          type="button"
          className="button small quiet"
          onClick={() => forgetUnsent(conversationKey, unsent.cid)}
        >
          Discard
        </button>
      </div>
      <Problem text={problem} />
    </li>
  )
}
