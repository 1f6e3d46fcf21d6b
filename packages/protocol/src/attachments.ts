import * as z from 'zod/mini'
import type { RequestDefs } from './define.ts'
import { Cid, Count, Id, StoredText, StreamName, Time, withProblem } from './fields.ts'
import { limits } from './limits.ts'
import { fileNameProblem } from './rules/file-name-problem.ts'

/** A file's name without its folders: 1 to 255 visible characters in one line. */
export const FileName = z.string().check(z.maxLength(limits.file_name_length), withProblem(fileNameProblem))

/** What a file is, as `image/png`. */
export const MediaType = z
  .string()
  .check(
    z.maxLength(limits.media_type_length),
    z.regex(/^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/, 'expected a type such as image/png'),
  )

/** A SHA-256 in lower-case hexadecimal digits. */
export const Sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits'))

/** What a page knows of a picture, a sound or a film, so that its place can be kept before it is loaded. */
const shape = {
  /** In pixels. */
  width: z.optional(Count),
  height: z.optional(Count),
  duration_ms: z.optional(Count),
} as const

/** A file of a message. Its bytes are elsewhere: `get_attachment_url` says where. */
export const Attachment = z.object({
  upload_id: Id,
  name: StoredText,
  type: z.string(),
  /** In bytes. */
  size: Count,
  /** Left out where nobody has computed it. */
  sha256: z.optional(z.string()),
  ...shape,
})
export type Attachment = z.infer<typeof Attachment>

/** A finished upload of the sender's own that a message names. */
export const OutgoingAttachment = z.object({ upload_id: Id })
export type OutgoingAttachment = z.infer<typeof OutgoingAttachment>

export const attachmentRequests = {
  /**
   * Says where a file may be uploaded to: one `PUT` of exactly these bytes, with exactly these headers, until `expires_at`. Repeat it
   * with the same cid for another address of the same upload. An upload that no message names is gone after 24 hours.
   */
  create_upload: {
    payload: z.object({
      name: FileName,
      type: MediaType,
      size: Count.check(z.minimum(1)),
      /** What the bytes must have, where it is known. */
      sha256: z.optional(Sha256),
      ...shape,
      cid: Cid,
    }),
    data: z.object({
      upload_id: Id,
      url: z.string(),
      headers: z.array(z.object({ name: z.string(), value: z.string() })),
      expires_at: Time,
    }),
    errors: ['conflict', 'limit_reached'],
  },
  /** Checks what was uploaded, after its `PUT`: from then on messages of the same user may name it. `conflict` where it is not what was said. */
  finish_upload: {
    payload: z.object({ upload_id: Id }),
    data: Attachment,
    errors: ['not_found', 'conflict'],
  },
  /** Removes an upload of one's own that no message names. Removing it again changes nothing. */
  cancel_upload: {
    payload: z.object({ upload_id: Id }),
    data: z.object({ upload_id: Id }),
    errors: ['conflict'],
  },
  /** Where a file of a message that the session may read can be fetched for the next 5 minutes. */
  get_attachment_url: {
    payload: z.object({ stream: StreamName, seq: Count, message_id: Id, upload_id: Id }),
    data: z.object({ url: z.string(), expires_at: Time }),
    errors: ['not_found'],
  },
} as const satisfies RequestDefs
export type AttachmentRequests = typeof attachmentRequests
