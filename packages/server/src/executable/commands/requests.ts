import type { DataOf, PayloadOf, RequestName } from '@dowellchat/protocol'

/** Sends the requests of an operator, to a running server or to the store itself. */
export interface Operator {
  request<K extends RequestName>(name: K, payload: PayloadOf<K>): Promise<DataOf<K>>
  close(): Promise<void>
}
