import { fillAnswer, topicTitle } from '@dowellchat/protocol/core'
import type { CannedAnswer, Ticket, Topic } from '../entities.ts'

/** A canned answer's text for a ticket. @param agent is the name of whoever sends it @param topics those that are known */
export function filledAnswer(
  { text }: CannedAnswer,
  { display_name, subject, product }: Ticket,
  agent: string,
  topics: readonly Topic[],
): string {
  return fillAnswer(text, {
    ...{ agent, customer: display_name ?? '', subject: subject ?? '' },
    topic: topicTitle(topics.find(({ name }) => name === product) ?? { name: product }),
  })
}
