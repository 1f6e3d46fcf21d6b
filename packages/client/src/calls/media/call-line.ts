import type { Connection } from '../../connection/connection.ts'
import type { DataOf, PushOf } from '../../entities.ts'
import { isRequestError } from '../../errors.ts'
import type { RequestMethods } from '../../requests/request.ts'
import { persist } from './persist.ts'

export type SentSignal = Pick<PushOf<'callSignal'>, 'seq' | 'signal' | 'kind'>

/** What the two parties of one call send each other over the server, over lost connections too. */
export interface CallLine {
  /** Sends what comes after offer and answer: one after the other, once the other party can take it. */
  readonly send: (signal: unknown) => void
  /** The other party can take it. */
  readonly open: () => void
  /** What has not been sent yet is about a connection that is given up. */
  readonly drop: () => void
  /** The number of the newest signal that was taken. */
  readonly seq: () => number
  /** Takes each signal of the other party once, in order. */
  readonly take: (sent: SentSignal) => void
  /** The connection is lost: what comes now waits until it is known what was missed. */
  readonly hold: () => void
  /** Gets what was missed. Resolves to null if the server does not know the call any more. */
  readonly resume: () => Promise<Resumed | null>
}

export type Resumed = Pick<DataOf<'resumeCall'>, 'state' | 'complete'>

export interface LineContext {
  readonly connection: Connection
  readonly request: RequestMethods
  readonly callId: () => string
  readonly over: AbortSignal
  /** The number of the newest signal that an earlier page has taken. */
  readonly since: number
  readonly onSignal: (sent: SentSignal) => void
}

export function createCallLine({
  connection,
  request,
  callId,
  over,
  since,
  onSignal,
}: LineContext): CallLine {
  const waiting: unknown[] = []
  let isOpen = false
  let isSending = false
  /** Higher than whatever an earlier page has counted to. */
  let nth = Date.now()
  let seq = since
  let held: SentSignal[] | undefined

  async function sendAll(): Promise<void> {
    if (!isOpen || isSending) return
    isSending = true
    while (waiting.length > 0 && !over.aborted) {
      const payload = { callId: callId(), nth: ++nth, signal: waiting.shift() }
      // What the server refuses is lost: sound and picture come without it, or are connected anew.
      await persist(connection, over, () => request.signalCall(payload), Number.POSITIVE_INFINITY).catch(
        () => undefined,
      )
    }
    isSending = false
  }

  function take(sent: SentSignal): void {
    if (held) return void held.push(sent)
    if (sent.seq <= seq) return
    seq = sent.seq
    onSignal(sent)
  }

  async function resume(): Promise<Resumed | null> {
    held ??= []
    const { signals, ...resumed } = await persist(
      connection,
      over,
      () => request.resumeCall({ callId: callId(), seq }),
      Number.POSITIVE_INFINITY,
    )
    const missed = [...signals, ...(held ?? [])]
    held = undefined
    for (const one of missed) take(one)
    return resumed
  }

  /** Servers before 0.10 keep nothing. */
  function goOn(): Resumed {
    const later = held ?? []
    held = undefined
    for (const one of later) take(one)
    return { state: 'active', complete: true }
  }

  return {
    send(signal) {
      waiting.push(signal)
      void sendAll()
    },
    open() {
      isOpen = true
      void sendAll()
    },
    drop() {
      waiting.length = 0
    },
    seq: () => seq,
    take,
    hold() {
      held ??= []
    },
    resume: () =>
      resume().catch((error: unknown) =>
        isRequestError(error) && error.code === 'unknown_event' ? goOn() : null,
      ),
  }
}
