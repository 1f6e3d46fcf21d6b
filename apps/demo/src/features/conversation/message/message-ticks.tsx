import { useReceipts } from '@dowellchat/client/react'
import { Check, CheckCheck } from 'lucide-react'
import { useNamesOf } from '../../people/use-names-of.ts'
import { readPlaceOf, useConversationActions } from '../conversation-context.ts'

/** One tick: at the server. Two: somebody has seen it. */
export function MessageTicks({ nth }: { readonly nth: number }) {
  const { place } = useConversationActions()
  const { readersOf } = useReceipts(readPlaceOf(place))
  const { user_ids, count: known } = readersOf(nth)
  const count = known ?? 0
  const words = useSeenWords(user_ids, count)
  const Icon = count > 0 ? CheckCheck : Check
  return (
    <span className="message-ticks" role="img" aria-label={words} title={words} data-seen={count > 0}>
      <Icon aria-hidden />
    </span>
  )
}

function useSeenWords(ids: readonly string[], count: number): string {
  const names = useNamesOf(ids)
  if (count === 0) return 'Sent'
  if (ids.length === 0) return `Seen by ${count}`
  return count > ids.length ? `Seen by ${names} and ${count - ids.length} more` : `Seen by ${names}`
}
