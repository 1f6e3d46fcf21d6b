import type { DataOf, PayloadOf, RequestName } from '@dowellchat/protocol'

/** Sends the requests of an operator, to a running server or to the store itself. */
export interface Operator {
  request<K extends RequestName>(name: K, payload: PayloadOf<K>): Promise<DataOf<K>>
  close(): Promise<void>
}

/** As whom commands speak, in the audit trail and in the keys that they make: a name that no user will have. */
export const operatorId = 'dowellchat-server'
