import type { IncomingMessage, ServerResponse } from 'node:http'

/** Which file: an upload of a workspace. Both ids have no slash, and the upload's is the server's own. */
export interface FileKey {
  readonly workspace_id: string
  readonly upload_id: string
}

/** A file whose bytes may come: exactly so many, and of exactly this type. */
export interface IncomingFile extends FileKey {
  readonly type: string
  readonly size: number
  /** What the bytes must have, in hexadecimal digits; null where it is not known. */
  readonly sha256: string | null
}

/** Where bytes are sent to: one `PUT` with these headers. A path is one of this server's own. */
export interface UploadAddress {
  readonly url: string
  readonly headers: readonly { readonly name: string; readonly value: string }[]
}

/** A file as it is served. */
export interface ServedFile extends FileKey {
  readonly name: string
  readonly type: string
  /** `inline`: pages may show it. `attachment`: browsers save it. */
  readonly disposition: 'inline' | 'attachment'
}

/** What has arrived of a file. */
export interface FileStart {
  /** In bytes. */
  readonly size: number
  /** Its first bytes. */
  readonly first: Uint8Array
  /** False where its bytes do not have the SHA-256 that was given. */
  readonly hasSha256: boolean
  /** Which bytes these are, for a store whose addresses let them be replaced. */
  readonly version?: string
}

/** The server that an `AttachmentStore` belongs to. */
export interface AttachmentHost {
  /** Where `handle` gets its requests. */
  readonly path: string
  /** Whether pages of an origin may use a workspace's files; requests of programs have no origin. */
  isAllowed(workspaceId: string, origin: string | undefined): boolean
  /** Writes to the log what no client may see. */
  failed(error: unknown, doing: 'storing' | 'serving'): void
  /** How long an upload may take, in milliseconds. */
  readonly uploadMs: number
  /** How many uploads may run at a time. */
  readonly uploadsAtOnce: number
  /** How many of one network. */
  readonly addressUploadsAtOnce: number
  /** How long a sender may send nothing, in milliseconds. */
  readonly silenceMs: number
  /** The network that a request comes from, through trusted proxies too. */
  networkOf(request: IncomingMessage): string
}

/** Where the bytes of files are. Several servers on one database need one that they share. */
export interface AttachmentStore {
  /** Runs before all else, once. @throws StartError that says what is wrong and what to do */
  open(host: AttachmentHost): Promise<void>
  /** Where a file's bytes may be sent to until a time, in milliseconds since 1970. */
  addressFor(file: IncomingFile, expiresAt: number): Promise<UploadAddress>
  /** What has arrived of a file; null where nothing has. @param bytes how many of its first bytes are wanted */
  look(file: IncomingFile, bytes: number): Promise<FileStart | null>
  /**
   * Keeps what `look` has found: from then on nothing replaces these bytes. False where others have taken their place meanwhile.
   * Repeating it does no harm.
   */
  keep(file: IncomingFile, found: FileStart): Promise<boolean>
  /** Where a file can be fetched until a time, in milliseconds since 1970. */
  urlOf(file: ServedFile, expiresAt: number): Promise<string>
  /** Removes the bytes of a file, if there are any. */
  remove(key: FileKey): Promise<void>
  /** The origin of its addresses; absent where these are paths of the chat server. */
  readonly origin?: string
  /** Answers requests for its addresses, where these are paths of the chat server. */
  handle?(request: IncomingMessage, response: ServerResponse): void
}
