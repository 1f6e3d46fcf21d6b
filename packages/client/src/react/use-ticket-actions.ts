import type { LineManagerDraft } from '../tickets/line-manager-actions.ts'
import type { LineManagers } from '../tickets/line-managers.ts'
import type { TicketDraft } from '../tickets/ticket-actions.ts'
import type { Tickets } from '../tickets/tickets.ts'
import type { TopicDraft } from '../tickets/topic-actions.ts'
import type { Topics } from '../tickets/topics.ts'
import { useChatClient } from './chat-provider.tsx'
import { type ActionState, useRequest } from './use-action.ts'

export interface UseCreateTicket extends ActionState {
  /**
   * Opens a ticket about a topic. Trying again after a failure never opens a second one. `error` shows a failure, so the
   * promise may be ignored, as for all actions.
   */
  readonly createTicket: Tickets['create']
}

/**
 * Opens tickets, and shows how that goes. `error.code` is `not_found` if the topic does not exist.
 * @example
 * const { createTicket, isPending, error } = useCreateTicket()
 * // <button disabled={isPending} onClick={() => void createTicket({ product: 'billing' })}>Ask about billing</button>
 * // {error && <p role="alert">{error.message}</p>}
 */
export function useCreateTicket(): UseCreateTicket {
  const { tickets } = useChatClient()
  const { run, ...state } = useRequest((cid, draft: TicketDraft) => tickets.create({ cid, ...draft }))
  return { createTicket: run, ...state }
}

export interface UseCloseTicket extends ActionState {
  /** Closes a ticket; closing it twice changes nothing. */
  readonly closeTicket: Tickets['close']
}

/**
 * Closes tickets, and shows how that goes.
 * @example
 * const { closeTicket, isPending, error } = useCloseTicket()
 * const onClose = () => void closeTicket(ticket._id)
 */
export function useCloseTicket(): UseCloseTicket {
  const { tickets } = useChatClient()
  const { run, ...state } = useRequest((_cid, ticketId: string) => tickets.close(ticketId))
  return { closeTicket: run, ...state }
}

export interface UseCreateTopic extends ActionState {
  /** Creates a topic under its name’s normalised form; admins only. */
  readonly createTopic: Topics['create']
}

/**
 * Creates topics, and shows how that goes. `error.code` is `conflict` if the topic exists.
 * @example
 * const { createTopic, isPending, error } = useCreateTopic()
 * const onCreate = () => void createTopic({ name: 'Opening hours' })
 */
export function useCreateTopic(): UseCreateTopic {
  const { topics } = useChatClient()
  const { run, ...state } = useRequest((cid, draft: TopicDraft) => topics.create({ cid, ...draft }))
  return { createTopic: run, ...state }
}

export interface UseCreateLineManager extends ActionState {
  /** Creates a line manager, who gets waiting tickets once they are online, with `is_unmanaged` at once; admins only. */
  readonly createLineManager: LineManagers['create']
}

/**
 * Creates line managers, and shows how that goes.
 * @example
 * const { createLineManager, isPending, error } = useCreateLineManager()
 * const onCreate = () =>
 *   void createLineManager({ user_id: 'meg', positions_in_a_line: 1, average_serving_time: 5 })
 */
export function useCreateLineManager(): UseCreateLineManager {
  const { lineManagers } = useChatClient()
  const { run, ...state } = useRequest((cid, draft: LineManagerDraft) =>
    lineManagers.create({ cid, ...draft }),
  )
  return { createLineManager: run, ...state }
}
