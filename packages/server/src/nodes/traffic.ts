import { messages, type NodeMessageKind } from './messages.ts'

/**
 * Why a text of the bus is not acted on: `foreign` is no message of a server, `sender` is no server on this store, `order`
 * repeats a number, `kind` is not known here, `data` is not what the kind has.
 */
export type Ignored = 'foreign' | 'sender' | 'order' | 'kind' | 'data'

type Counts<K extends string> = Record<K, number>

/** Counts what travels over the bus. */
export class BusTraffic {
  readonly sent: Counts<NodeMessageKind> = zeros(Object.keys(messages) as NodeMessageKind[])
  readonly received: Counts<NodeMessageKind> = zeros(Object.keys(messages) as NodeMessageKind[])
  readonly ignored: Counts<Ignored> = zeros(['foreign', 'sender', 'order', 'kind', 'data'])
  /** How often numbers of another server were left out. */
  gaps = 0
}

function zeros<K extends string>(keys: readonly K[]): Counts<K> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Counts<K>
}
