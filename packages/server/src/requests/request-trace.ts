import { type ErrorCode, roomStream, type Session, ticketStream } from '@dowellchat/protocol'
import type { RequestError } from '../errors.ts'
import type { Trace } from '../logger.ts'

/** The ids in a parsed payload, or in a fact, that join the lines of the log. */
interface Ids {
  readonly cid?: string
  readonly stream?: string
  readonly call?: string
}

/** The log line of one request, written once it is answered. */
export class RequestTrace {
  readonly #trace: Trace
  readonly #event: string
  readonly #socketId: string
  readonly #startedAt = performance.now()
  #session: Session
  #ids: Ids = {}
  #failed: { readonly request?: string } = {}

  constructor(trace: Trace, event: string, socketId: string, session: Session) {
    this.#trace = trace
    this.#event = event
    this.#socketId = socketId
    this.#session = session
  }

  /** Adds the ids of a parsed payload; nothing of an unparsed one is logged. */
  addPayload(session: Session, payload: unknown): void {
    this.#session = session
    this.#ids = idsOf(payload)
  }

  /** Adds the id with which other lines of the log tell of the failure. */
  addFailure({ details }: RequestError): void {
    if (typeof details === 'object' && details !== null && 'request_id' in details)
      this.#failed = { request: String(details.request_id) }
  }

  end(outcome: ErrorCode | 'ok'): void {
    const { user_id: user, workspace_id: workspace } = this.#session
    const ms = Math.round((performance.now() - this.#startedAt) * 10) / 10
    const event = this.#event
    const ids = { ...this.#ids, ...this.#failed }
    this.#trace({ event, ...ids, socket: this.#socketId, user, workspace, outcome, ms }, 'request')
  }
}

/** Only ids: no text that a user wrote, no key and no signal. */
export function idsOf(payload: unknown): Ids {
  const { cid, callId } = payload as { cid?: string; callId?: string }
  const stream = streamIn(payload as StreamNames)
  return {
    ...(cid !== undefined && { cid }),
    ...(stream !== undefined && { stream }),
    ...(callId !== undefined && { call: callId }),
  }
}

interface StreamNames {
  readonly stream?: string
  readonly room?: string
  readonly room_id?: string
  readonly ticket_id?: string
}

function streamIn({ stream, room, room_id = room, ticket_id }: StreamNames): string | undefined {
  if (room_id !== undefined) return roomStream(room_id)
  return ticket_id === undefined ? stream : ticketStream(ticket_id)
}
