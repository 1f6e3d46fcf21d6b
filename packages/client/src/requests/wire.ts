import type { Connection } from '../connection/connection.ts'
import type { KeptMessages } from '../messages/kept-messages.ts'
import type { PushMethods } from './push.ts'
import type { RequestMethods } from './request.ts'

/** How the parts of a client reach the server. */
export interface Wire {
  readonly connection: Connection
  readonly request: RequestMethods
  readonly on: PushMethods
  readonly keptMessages?: KeptMessages | undefined
}
