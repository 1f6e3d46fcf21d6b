import type { Pushes, PushName } from '@dowellchat/protocol'
import type { Connection } from '../connection/connection.ts'
import type { PushOf } from '../entities.ts'
import { signal } from '../live/signal.ts'
import { contract, pushNames, pushReader } from './contract.ts'
import { read as take } from './readers.ts'

/** Every push of the contract as a method that takes a listener; its answer unsubscribes the listener. */
export type PushMethods = {
  readonly [K in keyof Pushes]: (listener: (data: PushOf<K>) => void) => () => void
}

type Read = () => void

export function createPushes(connection: Connection): PushMethods {
  const inOrder = createOrder(connection)
  // Built from the contract's own names.
  return Object.fromEntries(
    pushNames.map((name) => [name, createPush(connection, name, inOrder)]),
  ) as PushMethods
}

/** Pushes that wait while the rest of the contract is being loaded. */
const mostWaiting = 1_000

/** Reads pushes in the order in which they came, as soon as the contract is there to read them with. */
function createOrder({ socket }: Connection): (read: Read) => void {
  const waiting: Read[] = []
  const clear = (): Read[] => waiting.splice(0)
  // Whatever is held catches up after a reconnect; a call that rang does not ring any more.
  socket.on('disconnect', clear)
  return (read) => {
    if (waiting.length < mostWaiting) waiting.push(read)
    void contract.load('get_entries').then(() => {
      for (const one of clear()) one()
    }, clear)
  }
}

/** Validates each frame once for all listeners. Listens to the socket only while there are listeners. */
function createPush({ socket }: Connection, name: PushName, inOrder: (read: Read) => void) {
  const [listen, tell, isHeard] = signal<unknown>()

  function read(data: unknown): void {
    const reader = pushReader(name)
    if (!reader) {
      inOrder(() => read(data))
      return
    }
    const taken = take(reader, data)
    // Only a server of another version sends frames that break the contract: ignore them.
    if (taken !== undefined) tell(taken)
  }

  return (listener: (data: unknown) => void) => {
    if (!isHeard()) socket.on(name as string, read)
    const stop = listen(listener)
    return () => {
      stop()
      if (!isHeard()) socket.off(name as string, read)
    }
  }
}
