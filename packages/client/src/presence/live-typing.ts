import type { PushOf } from '../entities.ts'
import { createHolders } from '../live/holders.ts'
import { createSource, readOnly } from '../live/observable.ts'
import { together } from '../live/stops.ts'
import type { Wire } from '../requests/wire.ts'
import { isOwnId } from './own-id.ts'
import { type LiveTyping, nobodyTypes, type TypingState, type Typist } from './typing.ts'

/** Who has not said it again in this time has stopped. */
const expiryMs = 6_000
const sayMs = 3_000
const idleMs = 5_000
/** More are a crowd. */
const mostTypists = 20

interface Known {
  readonly typist: Typist
  readonly until: number
}

export interface RealTyping extends LiveTyping {
  readonly reload: () => Promise<void>
}

export function createTyping({ connection, request, on }: Wire, stream: string): RealTyping {
  const state = createSource<TypingState>(nobodyTypes)
  const known = new Map<string, Known>()
  let sweeping: ReturnType<typeof setTimeout> | undefined
  let idle: ReturnType<typeof setTimeout> | undefined
  let saidAt: number | undefined
  let stopListening = (): void => {}

  const holders = createHolders({
    open() {
      stopListening = together(
        on.typing((push) => push.stream === stream && onTyping(push)),
        on.entries((push) => push.stream === stream && onEntries(push)),
        connection.watch({ onUp() {}, onDown: clear, onRefused: clear }),
      )
    },
    close() {
      stopListening()
      stop()
      clear()
    },
  })

  function onTyping({ user_id, display_name, is_typing }: PushOf<'typing'>): void {
    if (isOwnId(connection, user_id)) return
    if (!is_typing) known.delete(user_id)
    else if (known.size < mostTypists || known.has(user_id)) {
      const before = known.get(user_id)?.typist
      const isSame = before?.display_name === display_name
      const typist = before && isSame ? before : { user_id, display_name }
      known.set(user_id, { typist, until: Date.now() + expiryMs })
    }
    show()
  }

  /** Who has sent what they wrote does not write it any more. */
  function onEntries({ entries }: PushOf<'entries'>): void {
    for (const entry of entries)
      if (entry.type === 'message' && 'author' in entry && entry.author !== null) known.delete(entry.author)
    show()
  }

  function show(): void {
    const now = Date.now()
    for (const [id, { until }] of known) if (until <= now) known.delete(id)
    const typing = [...known.values()].map(({ typist }) => typist)
    const { typing: shown } = state.getSnapshot()
    const isSame = typing.length === shown.length && typing.every((one, at) => one === shown[at])
    if (!isSame) state.set(typing.length === 0 ? nobodyTypes : { typing })
    clearTimeout(sweeping)
    const next = Math.min(...[...known.values()].map(({ until }) => until))
    if (known.size > 0) sweeping = setTimeout(show, Math.max(0, next - now))
  }

  function clear(): void {
    known.clear()
    show()
    clearTimeout(idle)
    saidAt = undefined
  }

  /** It may be lost, like what others say. */
  function say(is_typing: boolean): void {
    request.typing({ stream, is_typing }).catch(() => undefined)
  }

  function keystroke(): void {
    const { status, session } = connection.getSnapshot()
    // An earlier server does not know it.
    if (status !== 'online' || !session.can.includes('typing')) return
    clearTimeout(idle)
    idle = setTimeout(stop, idleMs)
    if (saidAt !== undefined && Date.now() - saidAt < sayMs) return
    saidAt = Date.now()
    say(true)
  }

  function stop(): void {
    clearTimeout(idle)
    if (saidAt === undefined) return
    saidAt = undefined
    if (connection.getSnapshot().status === 'online') say(false)
  }

  return { ...readOnly(state), retain: holders.retain, keystroke, stop, reload: async () => {} }
}
