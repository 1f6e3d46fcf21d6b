import type { Connection } from '../../connection/connection.ts'
import type { DataOf, PushOf } from '../../entities.ts'
import { isRequestError } from '../../errors.ts'
import type { RequestMethods } from '../../requests/request.ts'
import { persist } from './persist.ts'

/** How far the signals of a call have come. */
export interface SignalCounts {
  /** The number of the newest one that was taken. */
  readonly seq: number
  /** No own one has a higher number. */
  readonly nth: number
}

export type SentSignal = Pick<PushOf<'callSignal'>, 'seq' | 'signal' | 'kind'>

/** What the two parties of one call send each other over the server, over lost connections too. */
export interface CallLine {
  /** Sends what comes after offer and answer: one after the other, once the other party can take it. */
  readonly send: (signal: unknown) => void
  /** The other party can take it. */
  readonly open: () => void
  /** What has not been sent yet is about a connection that is given up. */
  readonly drop: () => void
  readonly counts: () => SignalCounts
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
  /** How far an earlier page has come. */
  readonly since: SignalCounts
  readonly onSignal: (sent: SentSignal) => void
}

/** What a page that is left still sends. */
const mostLeft = 1_000

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
  // Higher than whatever an earlier page has counted to, also where the clock was set back since.
  let nth = Math.max(Date.now(), since.nth)
  let { seq } = since
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
    counts: () => ({ seq, nth: nth + mostLeft }),
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
