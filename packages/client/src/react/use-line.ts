import { useMemo } from 'react'
import type { Availability, LineManager } from '../entities.ts'
import type { LineManagers } from '../tickets/line-managers.ts'
import type { ClaimOptions } from '../tickets/ticket-actions.ts'
import type { Tickets } from '../tickets/tickets.ts'
import { useChatClient } from './chat-provider.tsx'
import { skip } from './skip.ts'
import { type ActionState, useRequest } from './use-action.ts'
import { useLineManager } from './use-line-manager.ts'
import { useSession } from './use-session.ts'
import { type UseTickets, useTickets } from './use-tickets.ts'

/** Which line. */
export interface LineOptions {
  /** The name of a topic; default: all. */
  readonly product?: string | undefined
}

/** An agent’s line: what waits, what is theirs, and whether they are there. `isPending` and `error` are those of its actions. */
export interface UseLine extends ActionState {
  /** The tickets that nobody has, in the order in which they are served, with their last messages. */
  readonly waiting: UseTickets
  /** The user’s own open tickets, the last active first, with their last messages and what is unread. */
  readonly mine: UseTickets
  /** The user as a line manager; null until that is loaded, and for those who are none. */
  readonly lineManager: LineManager | null
  /** Whether they are there for tickets; null as long as `lineManager` is. */
  readonly availability: Availability | null
  /** Takes the first ticket of the line. */
  readonly claimNext: Tickets['claimNext']
  /** Takes a ticket that waits. */
  readonly claim: Tickets['claim']
  /** Says whether they are there: `offline` gives back what they have not answered. */
  readonly setAvailability: LineManagers['setAvailability']
}

type Deed =
  | { readonly next: ClaimOptions }
  | { readonly ticket: string }
  | { readonly availability: Availability }

/**
 * An agent’s line, kept current: what waits, what is theirs, taking the next ticket, and saying whether they are there.
 * @example
 * const { waiting, mine, claimNext, availability, setAvailability, error } = useLine()
 * // <p>{mine.tickets.length} are yours, {waiting.tickets.length} wait</p>
 * // <button disabled={waiting.tickets.length === 0} onClick={() => void claimNext()}>Take the next one</button>
 * // <button onClick={() => void setAvailability('away')}>{availability}</button>
 */
export function useLine({ product }: LineOptions = {}): UseLine {
  const { tickets, lineManagers } = useChatClient()
  const { user_id } = useSession()
  const shown = { product, details: true } as const
  const waiting = useTickets({ ...shown, states: ['waiting'], order: 'longest_waiting' })
  const own = { ...shown, line_manager: user_id, is_closed: false, order: 'last_activity' } as const
  const mine = useTickets(user_id === null ? skip : own)
  const { lineManager } = useLineManager(user_id ?? skip)
  // One for all three, so that `error` is that of the last.
  const { run, isPending, error } = useRequest((cid, deed: Deed): Promise<unknown> => {
    if ('next' in deed) return tickets.claimNext({ cid, ...deed.next })
    return 'ticket' in deed ? tickets.claim(deed.ticket) : lineManagers.setAvailability(deed.availability)
  })
  const actions = useMemo(() => {
    const methods = {
      claimNext: (options?: ClaimOptions) => run({ next: { product, ...options } }),
      claim: (ticket: string) => run({ ticket }),
      setAvailability: (availability: Availability) => run({ availability }),
    }
    // What each deed resolves to.
    return methods as Pick<UseLine, keyof typeof methods>
  }, [run, product])
  const availability = lineManager?.availability ?? null
  return useMemo(
    () => ({ waiting, mine, lineManager, availability, isPending, error, ...actions }),
    [waiting, mine, lineManager, availability, isPending, error, actions],
  )
}
