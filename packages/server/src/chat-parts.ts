import type { Files } from './attachments/files.ts'
import type { GivenIceServers } from './calls/ice-servers.ts'
import type { AssignTicket } from './delivery/own-strategy.ts'
import type { SharedChanges } from './delivery/shared-changes.ts'
import type { AddressOf } from './identity/address.ts'
import type { Audit } from './identity/audit.ts'
import type { Guests } from './identity/guests.ts'
import type { Keys } from './identity/keys.ts'
import type { IsOffered } from './identity/offers.ts'
import type { Authorize } from './identity/permissions.ts'
import type { Prove } from './identity/proof.ts'
import type { Refusals } from './identity/refusals.ts'
import type { Revocations } from './identity/revocations.ts'
import type { Workspaces } from './identity/workspaces.ts'
import type { AllLimits } from './limits.ts'
import type { Logger, Trace } from './logger.ts'
import type { Meter } from './metrics/meter.ts'
import type { Nodes } from './nodes/nodes.ts'
import type { AskBefore } from './requests/before-message.ts'
import type { ExpectMetadata } from './requests/schemas.ts'
import type { Connecting } from './sockets/connecting.ts'
import type { ChatIo } from './sockets/socket.ts'
import type { Store } from './stores/store.ts'
import type { WebhookSetting } from './webhooks/webhooks.ts'

/** What a server's chat is made of. */
export interface ChatParts {
  readonly io: ChatIo
  readonly connecting: Connecting
  readonly store: Store
  readonly workspaces: Workspaces
  readonly guests: Guests
  readonly revocations: Revocations
  readonly proveToken: Prove
  readonly keys: Keys
  readonly audit: Audit
  readonly refusals: Refusals
  readonly addressOf: AddressOf
  readonly nodes: Nodes
  readonly changes: SharedChanges
  readonly limits: AllLimits
  readonly logger: Logger
  readonly trace: Trace | undefined
  readonly meter: Meter | undefined
  readonly defaultWorkspace: string | undefined
  /** Whether a V2 page may answer on one of its sockets what rings at another. */
  readonly samePage: boolean
  readonly authorize: Authorize | undefined
  readonly expectMetadata: ExpectMetadata
  readonly askBefore: AskBefore | undefined
  /** The team's own choice of who gets a ticket. */
  readonly strategy: AssignTicket | undefined
  readonly isOffered: IsOffered
  /** The files of messages; undefined where the server keeps none. */
  readonly files: Files | undefined
  /** The STUN and TURN servers that a user gets for calls. */
  readonly iceServers: (userId: string) => GivenIceServers
  readonly outside: WebhookSetting
}
