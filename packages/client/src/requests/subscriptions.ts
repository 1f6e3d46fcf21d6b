import type { PayloadOf } from '@dowellchat/protocol'
import { notesStream, roomStream, threadStream, ticketStream } from '@dowellchat/protocol/core'
import type { Connection } from '../connection/connection.ts'
import type { RequestMethods } from './request.ts'

/** The requests that begin and end a subscription. */
export type Subscribing = Pick<
  RequestMethods,
  | 'join'
  | 'leave'
  | 'join_ticket'
  | 'leave_ticket'
  | 'join_notes'
  | 'leave_notes'
  | 'join_thread'
  | 'leave_thread'
>

/** How the requests of each kind of stream end, the field that says which stream it is, and its name. */
const kinds = [
  ['', 'room', roomStream],
  ['_ticket', 'ticket_id', ticketStream],
  ['_notes', 'ticket_id', notesStream],
  ['_thread', 'thread', threadStream],
] as const

/** Who holds a subscription on this connection. */
interface Holding {
  /** The application's own requests: joins that no leave has followed. */
  asked: number
  /** The client's `messages`, which join again whenever that is needed, and leave once. */
  isShown: boolean
  isJoined: boolean
}

/** The subscriptions of a connection, counted: nobody's leaving silences somebody else. */
export interface Subscriptions {
  /** The requests, for applications. */
  readonly request: RequestMethods
  /** Those that subscribe, for the client's `messages`. */
  readonly shown: Subscribing
}

/** Sends `leave` only when nobody holds the stream any more. A connection that ends takes its subscriptions with it. */
export function countSubscriptions({ socket }: Connection, request: RequestMethods): Subscriptions {
  let holdings = new Map<string, Holding>()
  socket.on('disconnect', () => {
    holdings = new Map()
  })

  function holdingOf(stream: string): Holding {
    const holding = holdings.get(stream) ?? { asked: 0, isShown: false, isJoined: false }
    holdings.set(stream, holding)
    return holding
  }

  /** Whether nobody holds the stream any more; then it is forgotten. */
  function isFree(stream: string, holding: Holding): boolean {
    if (holding.asked > 0 || holding.isShown || holdings.get(stream) !== holding) return false
    holdings.delete(stream)
    return true
  }

  function subscribing(isShown: boolean): Subscribing {
    async function join<T>(stream: string, ask: () => Promise<T>, leave: () => Promise<unknown>): Promise<T> {
      const holding = holdingOf(stream)
      if (isShown) holding.isShown = true
      else holding.asked += 1
      try {
        const page = await ask()
        holding.isJoined = true
        return page
      } catch (error) {
        // What is shown is joined again, or left.
        if (!isShown) {
          holding.asked -= 1
          if (isFree(stream, holding) && holding.isJoined) leave().catch(() => undefined)
        }
        throw error
      }
    }

    async function leave<T>(stream: string, ask: () => Promise<T>, left: T): Promise<T> {
      const holding = holdings.get(stream)
      if (!holding) return ask()
      if (isShown) holding.isShown = false
      else holding.asked = Math.max(0, holding.asked - 1)
      return isFree(stream, holding) ? ask() : left
    }

    return Object.fromEntries(
      kinds.flatMap(([suffix, field, streamOf]) => {
        // Each row of `kinds` names two requests whose payloads have that field.
        const [begin, end] = [`join${suffix}`, `leave${suffix}`] as ['join', 'leave']
        const idOf = (payload: object): string => (payload as Record<string, string>)[field] ?? ''
        const asked = (id: string) => ({ [field]: id }) as { room: string }
        const left = (id: string) => () => request[end](asked(id))
        const joining = (payload: PayloadOf<'join'>) =>
          join(streamOf(idOf(payload)), () => request[begin](payload), left(idOf(payload)))
        const leaving = (payload: object) => {
          const id = idOf(payload)
          return leave(streamOf(id), left(id), asked(id))
        }
        return [
          [begin, joining],
          [end, leaving],
        ]
      }),
    ) as unknown as Subscribing
  }

  return { request: { ...request, ...subscribing(false) }, shown: subscribing(true) }
}
