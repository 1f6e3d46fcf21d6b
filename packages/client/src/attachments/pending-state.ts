import type { DomType } from '../calls/dom-types.ts'
import type { Attachment } from '../entities.ts'
import type { RequestError } from '../errors.ts'
import type { Observable } from '../live/observable.ts'

/** The bytes of a file: the browser's `Blob`, or `File`. */
export type FileBytes = DomType<'Blob'>

/** A file that a person has chosen, until its message is sent. */
export interface PendingAttachment {
  /** Unique among those of the client; React's `key`. */
  readonly id: string
  readonly name: string
  /** What it is, as `image/png`. */
  readonly type: string
  /** In bytes. */
  readonly size: number
  /** `waiting`: others are uploaded first. `ready`: it may be sent. */
  readonly status: 'waiting' | 'uploading' | 'ready' | 'failed'
  /** How much of it is uploaded: from 0 to 1. */
  readonly progress: number
  /** Shows a picture, and plays a sound or a film, before it is sent; null for all other files. It is gone with the file. */
  readonly previewUrl: string | null
  /** In pixels, as soon as they are known. */
  readonly width?: number
  readonly height?: number
  readonly durationMs?: number
  /** Why it failed; null otherwise. */
  readonly error: RequestError | null
  /** Whether `retry` may help, where it has failed. */
  readonly canRetry: boolean
  /** What messages name, once it is `ready`. */
  readonly attachment: Attachment | null
}

/** The files of a message that is being written. */
export interface PendingState {
  /** In the order in which they were added. */
  readonly attachments: readonly PendingAttachment[]
  /** Whether all of them may be sent; true where there are none. */
  readonly isReady: boolean
  /** Whether the user may attach files: false where the server keeps none, and until the client has connected. */
  readonly canAttach: boolean
  /** Why the last `add` did not take all files; null otherwise. */
  readonly error: RequestError | null
}

/**
 * Files of a message that is being written: they are uploaded as soon as they are added, two at a time.
 *
 * @example
 * const pending = client.attachments.pending()
 * pending.add(input.files)
 * await stream.send('', { attachments: pending.getSnapshot().attachments })
 * pending.clear()
 */
export interface PendingAttachments extends Observable<PendingState> {
  /** Keeps the files; call the answer to let go: a second later what is being uploaded is cancelled, and all are gone. */
  readonly retain: () => () => void
  /** Takes files, up to 10, and uploads them. */
  readonly add: (files: ArrayLike<FileBytes>) => void
  /** Takes a file out: cancels its upload, or removes what was uploaded. */
  readonly remove: (id: string) => void
  /** Uploads a file again that has failed. */
  readonly retry: (id: string) => void
  /** Takes all files out, as after their message was sent: what is uploaded stays at the server for a day. */
  readonly clear: () => void
}

/** The list itself, for what stands for it until it is loaded. */
export interface RealPending extends PendingAttachments {
  readonly reload: () => Promise<void>
}

export const noFiles: PendingState = { attachments: [], isReady: true, canAttach: false, error: null }
