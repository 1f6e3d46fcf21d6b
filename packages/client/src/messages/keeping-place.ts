import type { ChatAuth } from '../connection/auth.ts'
import type { ChatStorage } from '../connection/guest-tokens.ts'

/** Whose messages are kept, and where. */
export interface KeepingPlace {
  readonly url: string
  readonly path?: string | undefined
  readonly auth: ChatAuth
  readonly storage?: ChatStorage | undefined
}
