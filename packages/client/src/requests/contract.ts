import type { ClientRequestName, PushName } from '@dowellchat/protocol'
import { createLoader, type Loader } from '../live/loader.ts'
import { firstPushes, firstRequests, type RequestReaders } from './first-contract.ts'
import type { Reader } from './readers.ts'

/** What the rest of the contract needs, which is not loaded with the client. */
export type LaterContract = typeof import('./later-contract.ts')

/** The rest of the contract. */
export const contract: Loader<LaterContract> = createLoader(() => import('./later-contract.ts'))

/** How to read a request, or undefined until the rest of the contract is loaded. */
export function readersOf(name: ClientRequestName): RequestReaders | undefined {
  return name in firstRequests
    ? firstRequests[name as keyof typeof firstRequests]
    : contract.now()?.readersOf(name)
}

/** How to read a push, or undefined until the rest of the contract is loaded. */
export function pushReader(name: PushName): Reader | undefined {
  return name in firstPushes
    ? firstPushes[name as keyof typeof firstPushes]
    : contract.now()?.pushReader(name)
}
