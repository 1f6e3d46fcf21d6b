import { useMemo } from 'react'
import type { CannedAnswer, Ticket } from '../entities.ts'
import { ifLoaded } from '../live/later-code.ts'
import { useChatClient } from './chat-provider.tsx'
import type { HookState } from './hook-state.ts'
import { type Skip, skip } from './skip.ts'
import { type ListControls, noList, useList } from './use-list.ts'
import { useSession } from './use-session.ts'

export interface CannedAnswersData extends ListControls {
  /** In the order of their titles. Empty until they are loaded. */
  readonly answers: readonly CannedAnswer[]
  /** An answer’s text for a ticket, its variables filled in with the customer, the user, the subject and the topic’s title. */
  readonly fill: (answer: CannedAnswer, ticket: Ticket) => string
}

/** Canned answers, and whether they are loaded (`status`). */
export type UseCannedAnswers = HookState<CannedAnswersData>

/**
 * Texts that agents use again and again: those for a topic and those for all, or each of them.
 * @example
 * const { answers, fill } = useCannedAnswers(ticket.product)
 * // {answers.map((answer) => <button key={answer._id} onClick={() => setText(fill(answer, ticket))}>{answer.title}</button>)}
 */
export function useCannedAnswers(product?: string | Skip): UseCannedAnswers {
  const { cannedAnswers, topics } = useChatClient()
  const { name, user_id } = useSession()
  const state = useList(product === skip ? noList : cannedAnswers.list(product), 'answers')
  const { topics: known } = useList(product === skip ? noList : topics.list(), 'topics')
  const agent = name ?? user_id ?? ''
  return useMemo(() => {
    // Whoever has an answer has loaded the code too.
    const fill = (answer: CannedAnswer, ticket: Ticket): string =>
      ifLoaded(({ filledAnswer }) => filledAnswer(answer, ticket, agent, known)) ?? answer.text
    return { ...state, fill }
  }, [state, agent, known])
}
