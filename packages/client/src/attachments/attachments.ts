import type { Attachment, Message } from '../entities.ts'
import { createCache } from '../live/cache.ts'
import { laterThings, type Make, once } from '../live/later-code.ts'
import { createLazy, createLazyThing } from '../live/lazy.ts'
import type { LiveThing } from '../live/live-thing.ts'
import type { MessageOrRow } from '../messages/live-stream.ts'
import type { UnsentMessage } from '../messages/message-rows.ts'
import { messageIn } from '../messages/replies.ts'
import type { Wire } from '../requests/wire.ts'
import type { AttachmentPart } from './attachment-part.ts'
import {
  type FileBytes,
  noFiles,
  type PendingAttachments,
  type PendingState,
  type RealPending,
} from './pending-state.ts'
import type { AttachmentPlace } from './put-file.ts'
import type { ShownFile } from './shown-file.ts'
import type { UploadOptions } from './upload-options.ts'

/** Files of messages. */
export interface Attachments {
  /**
   * Uploads a file; what it answers goes with a message. Two are uploaded at a time, the others wait. Tries again over short cuts;
   * rejects with a `RequestError`: `limit_reached` where the user or the workspace has no room, `conflict` where the file is not
   * what it says.
   *
   * @example
   * const picture = await client.attachments.upload(file, { onProgress: (progress) => draw(progress) })
   * await client.rooms.messages('lobby').send('', { attachments: [picture] })
   */
  readonly upload: (file: FileBytes, options?: UploadOptions) => Promise<Attachment>
  /**
   * Where a file can be fetched for the next minutes: an address that needs no session, kept until shortly before it expires.
   * Rejects with a `RequestError`: `not_found` where there is no such message or file, or it may not be read.
   */
  readonly url: (message: MessageOrRow, attachment: Attachment) => Promise<string>
  /**
   * The same, to follow: it stays the same while it is held. A file that this client has uploaded is shown from its memory, also
   * before its message is sent. `reload` asks for another address, where a picture could not be loaded.
   */
  readonly urlOf: (message: MessageOrRow, attachment: Attachment) => LiveThing<string>
  /** A new list of files for a message that is being written. */
  readonly pending: () => PendingAttachments
}

/** A file that cannot be fetched now may be there in a moment. */
const againMs = 1_000

export function createAttachments(wire: Wire, place: AttachmentPlace): Attachments {
  const part = once(({ createAttachmentPart }) => createAttachmentPart(wire, place))
  /** By their upload: a picture stays where it is when its message is sent. */
  const shown = createCache((key: string, touch) => createShown(JSON.parse(key), part, touch))
  return {
    upload: async (file, options) => part(await laterThings.load('create_upload')).upload(file, options),
    url: async (message, attachment) =>
      part(await laterThings.load('get_attachment_url')).url(messageIn(message), attachment),
    urlOf(message, attachment) {
      const { upload_id, name, type, size } = attachment
      const thing = shown(JSON.stringify({ upload_id, name, type, size }))
      thing.about(messageIn(message))
      return thing
    },
    pending: () => createPending(part),
  }
}

function createShown(attachment: Attachment, part: Make<AttachmentPart>, touch: () => void) {
  let message: Message | UnsentMessage
  let onSent = (): void => {}
  const sent = new Promise<void>((resolve) => {
    onSent = resolve
  })
  const file: ShownFile = { attachment, message: () => message, sent }
  return {
    ...createLazyThing((things) => part(things).urlOf(file), 'get_attachment_url', touch),
    about(now: Message | UnsentMessage): void {
      message = now
      if (now._id !== null) onSent()
    },
  }
}

function createPending(part: Make<AttachmentPart>): PendingAttachments {
  const {
    real,
    now,
    reload: _,
    isIdle: __,
    ...lazy
  } = createLazy<PendingState, RealPending>(noFiles, (things) => part(things).pending(), 'create_upload')
  /** In the order of the calls. */
  function run(work: (pending: RealPending) => void): void {
    const pending = now()
    if (pending) work(pending)
    else real().then(work, () => setTimeout(() => run(work), againMs))
  }
  return {
    ...lazy,
    add(files) {
      // At once: a page empties its input next.
      const all = [...files]
      run((pending) => pending.add(all))
    },
    remove: (id) => run((pending) => pending.remove(id)),
    retry: (id) => run((pending) => pending.retry(id)),
    clear: () => run((pending) => pending.clear()),
  }
}
