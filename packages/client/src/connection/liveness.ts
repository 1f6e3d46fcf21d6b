import type { Socket } from 'socket.io-client'
import { answerMs, askedMs, hiddenMs, mostAnswerMs, tickMs, visibleMs } from './liveness-times.ts'
import { isVisible } from './network.ts'

/** Notices when nothing comes from the server any more, although the connection seems to be open. */
export interface Liveness {
  /** Begins anew with a connection that has just opened. */
  readonly start: () => void
  readonly stop: () => void
  /** Asks the server now whether it is there, unless it has just said something. */
  readonly look: () => void
}

/** A request without any effect, which every server answers from memory. */
const question = ['leave_ticket', { ticket_id: '-' }] as const

/** Whether a request is the client's question whether the server is there. */
export function isQuestion(name: string, payload: unknown): boolean {
  return name === question[0] && (payload as { ticket_id?: unknown }).ticket_id === question[1].ticket_id
}

/** @param onSilent the server has not answered in time */
export function createLiveness(socket: Socket, onSilent: () => void): Liveness {
  let timer: ReturnType<typeof setTimeout> | undefined
  let dueAt = 0
  let heardAt = 0
  /** When the first request was sent after which nothing has come; 0 if there is none. */
  let askedAt = 0
  let isProbing = false
  let patienceMs = answerMs

  function arm(ms: number): void {
    clearTimeout(timer)
    dueAt = Date.now() + ms
    timer = setTimeout(check, ms)
  }

  function heard(): void {
    heardAt = Date.now()
    askedAt = 0
  }

  function asked(): void {
    if (askedAt || isProbing || !socket.connected) return
    askedAt = Date.now()
    arm(askedMs)
  }

  function check(): void {
    const now = Date.now()
    const hasSlept = now - dueAt > tickMs && now - heardAt > tickMs
    const mayBeSilentMs = isVisible() ? visibleMs : hiddenMs
    const leftMs = askedAt ? askedAt + askedMs - now : heardAt + mayBeSilentMs - now
    if (hasSlept || leftMs <= 0) probe()
    else arm(Math.min(leftMs, tickMs))
  }

  function probe(): void {
    if (isProbing || !socket.connected) return
    isProbing = true
    const { id } = socket
    const sentAt = Date.now()
    socket.timeout(patienceMs).emit(...question, (error: Error | null) => {
      if (socket.id !== id || !socket.connected) return
      isProbing = false
      const hasSlept = Date.now() - sentAt > patienceMs + tickMs
      if (error && heardAt <= sentAt && !hasSlept) return giveUp()
      if (!error) patienceMs = Math.max(answerMs, patienceMs / 2)
      check()
    })
  }

  function giveUp(): void {
    patienceMs = Math.min(patienceMs * 2, mostAnswerMs)
    onSilent()
  }

  socket.onAnyOutgoing(asked)
  return {
    start() {
      socket.io.engine.on('packet', heard)
      isProbing = false
      heard()
      arm(tickMs)
    },
    stop: () => clearTimeout(timer),
    look: () => void (Date.now() - heardAt > 1_000 && probe()),
  }
}
