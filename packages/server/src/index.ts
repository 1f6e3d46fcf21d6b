export type {
  AttachmentHost,
  AttachmentStore,
  FileKey,
  FileStart,
  IncomingFile,
  ServedFile,
  UploadAddress,
} from './attachments/attachment-store.ts'
export {
  type FolderAttachmentOptions,
  folderAttachments,
} from './attachments/folder/folder-attachments.ts'
export type { IceOptions } from './calls/ice-servers.ts'
export { type ChatServer, type ChatServerOptions, createChatServer, type V2Options } from './chat-server.ts'
export type { Address, Audience } from './delivery/audience.ts'
export type { AssignTicket } from './delivery/own-strategy.ts'
export { RequestError, StartError } from './errors.ts'
export type { Health } from './http/health.ts'
export type { NotReady, Ready } from './http/readiness.ts'
export type { AuthenticateUser, ProvedUser } from './identity/proof.ts'
export type { TokenOptions } from './identity/tokens.ts'
export type { WorkspaceOptions } from './identity/workspaces.ts'
export { defaultLimits, type LimitOptions, type WorkspaceLimits } from './limits.ts'
export type { Logger } from './logger.ts'
export type { MetricsOption } from './metrics/open-meter.ts'
export type { MetricsRegistry, MetricsText } from './metrics/registry.ts'
export type { Bus } from './nodes/bus.ts'
export type { ServersSeen } from './nodes/nodes.ts'
export type { BeforeMessage, BeforeMessageContext } from './requests/before-message.ts'
export type { MetadataSchema, MetadataSchemas } from './requests/schemas.ts'
export type { MessageVerdict, OfferedMessage } from './requests/verdicts.ts'
export { type EmbeddedStoreOptions, embeddedStore } from './stores/embedded/index.ts'
export * from './stores/store.ts'
export type { WebhookEvent, WebhookOptions } from './webhooks/options.ts'
export type { MissedCall, OnUnread, UnreadEvent, UnreadMessages } from './webhooks/unread-events.ts'
