import { fillAnswer, topicTitle } from '@dowellchat/protocol/core'
import type { CannedAnswer, Ticket } from '../entities.ts'

/** A canned answer's text for a ticket. @param agent is the name of whoever sends it */
export function filledAnswer(
  { text }: CannedAnswer,
  { display_name, subject, product }: Ticket,
  agent: string,
): string {
  return fillAnswer(text, {
    ...{ agent, customer: display_name ?? '', subject: subject ?? '' },
    topic: topicTitle({ name: product }),
  })
}
