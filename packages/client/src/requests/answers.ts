import type { DataOf, Message, Page, Reader } from '../entities.ts'
import { type Listen, signal } from '../live/signal.ts'
import type { RequestMethods } from './request.ts'

/** What answers tell besides: who shows the same elsewhere knows it at once, before the server pushes it. */
export interface Answered {
  /** Messages that the user has sent. */
  readonly message: Listen<Message>
  /** What a stream is to the user by now. */
  readonly reader: Listen<Reader>
  /** What a room has when it is joined, and what follows in any stream where pushes were lost or left out. */
  readonly page: Listen<Page>
}

type Tells = { readonly [K in keyof RequestMethods]?: (answer: DataOf<K>) => void }

/** The requests, and what some of their answers tell. */
export function tellAnswers(request: RequestMethods): { request: RequestMethods; answered: Answered } {
  const [message, tellMessage] = signal<Message>()
  const [reader, tellReader] = signal<Reader>()
  const [page, tellPage] = signal<Page>()
  const tells: Tells = {
    join: tellPage,
    get_entries: tellPage,
    message_event: tellMessage,
    send_messages({ results }) {
      for (const result of results) if ('message' in result) tellMessage(result.message)
    },
    mark_read: tellReader,
    mark_unread: tellReader,
    keep_room: tellReader,
  }
  // Each request is named with what tells its own answer.
  const told = Object.entries(tells as Record<string, (answer: unknown) => void>).map(([name, tell]) => {
    const ask = request[name as keyof RequestMethods] as (payload: unknown) => Promise<unknown>
    return [
      name,
      async (payload: unknown): Promise<unknown> => {
        const answer = await ask(payload)
        tell(answer)
        return answer
      },
    ] as const
  })
  return {
    request: { ...request, ...Object.fromEntries(told) },
    answered: { message, reader, page },
  }
}
