import type { DomType } from '../calls/dom-types.ts'

/** What is known of a file, and how to hear of its upload. */
export interface UploadOptions {
  /** Default: the file's own. */
  readonly name?: string
  /** Default: the file's own. */
  readonly type?: string
  /** The SHA-256 that the bytes must have, in lower-case hexadecimal digits. */
  readonly sha256?: string
  /** In pixels. Default: as it is measured, in browsers. */
  readonly width?: number
  readonly height?: number
  readonly duration_ms?: number
  /** Hears how much of it is uploaded: from 0 to 1. */
  readonly onProgress?: (progress: number) => void
  /** Cancels the upload: the promise then rejects with the signal's reason. */
  readonly signal?: DomType<'AbortSignal'>
}
