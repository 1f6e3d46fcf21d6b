import { setTimeout as pause } from 'node:timers/promises'
import { type Store, StoreUnavailableError } from '../../../packages/server/src/stores/store.ts'
import {
  draft,
  newTicket,
  placedOf,
  room,
  rowOf,
} from '../../../packages/server/src/testing/store-cases/making.ts'

/** What writers know of what they wrote. */
export interface Ledger {
  /** The cids of each room, with the seqs that were acknowledged. */
  readonly messages: Map<string, { readonly room: string; readonly author: string; readonly seq: number }>
  readonly tickets: string[]
  readonly closed: string[]
  readonly times: number[]
  readonly answeredAt: number[]
  readonly electedAt: number[]
  sent: number
  unavailable: number
  readonly problems: string[]
}

export function newLedger(): Ledger {
  return {
    messages: new Map(),
    tickets: [],
    closed: [],
    times: [],
    answeredAt: [],
    electedAt: [],
    sent: 0,
    unavailable: 0,
    problems: [],
  }
}

/** One writer: messages one after the other, a ticket now and then; what is refused is repeated, as a client does. */
export async function writeUntil(
  isOver: () => boolean,
  store: Store,
  author: string,
  inRoom: number,
  ledger: Ledger,
): Promise<void> {
  for (let n = 1; !isOver(); n++) {
    const one = draft({ author, message_data: `${n}` })
    const name = `busy ${inRoom}`
    const { appended } = await repeat(ledger, () => store.streams.append(room(name), [one]))
    ledger.messages.set(one.cid, { room: name, author, seq: placedOf(appended[0]).placed.seq })
    if (n % 10 === 0) await ask(store, author, n % 20 === 0, ledger)
  }
}

async function ask(store: Store, user_id: string, isClosing: boolean, ledger: Ledger): Promise<void> {
  const ticket = newTicket({ user_id })
  const { _id } = rowOf(await repeat(ledger, () => store.tickets.create(ticket)))
  ledger.tickets.push(_id)
  if (!isClosing) return
  await repeat(ledger, () => store.tickets.close('acme', _id, 'mia'))
  ledger.closed.push(_id)
}

async function repeat<T>(ledger: Ledger, call: () => Promise<T>): Promise<T> {
  ledger.sent += 1
  for (;;) {
    const start = performance.now()
    try {
      const answer = await call()
      ledger.times.push(performance.now() - start)
      ledger.answeredAt.push(performance.now())
      return answer
    } catch (error) {
      ledger.times.push(performance.now() - start)
      if (!(error instanceof StoreUnavailableError)) throw error
      ledger.unavailable += 1
      await pause(100)
    }
  }
}
