import type { Attachment, Message } from '../entities.ts'
import { ownError } from '../errors.ts'
import type { LiveThing } from '../live/live-thing.ts'
import type { UnsentMessage } from '../messages/message-rows.ts'
import type { Wire } from '../requests/wire.ts'
import { createAddresses } from './addresses.ts'
import { createAttachmentUrl } from './attachment-url.ts'
import { createLocalFiles } from './local-files.ts'
import { createPendingAttachments } from './pending-attachments.ts'
import type { RealPending } from './pending-state.ts'
import type { AttachmentPlace } from './put-file.ts'
import type { ShownFile } from './shown-file.ts'
import { createUploads, type Upload } from './uploads.ts'

/** What loads with the first use of files. */
export interface AttachmentPart {
  readonly upload: Upload
  readonly url: (message: Message | UnsentMessage, attachment: Attachment) => Promise<string>
  readonly urlOf: (file: ShownFile) => LiveThing<string>
  readonly pending: () => RealPending
}

export function createAttachmentPart(wire: Wire, place: AttachmentPlace): AttachmentPart {
  const files = createLocalFiles()
  const addresses = createAddresses(wire, place)
  const upload = createUploads(wire, place, ({ upload_id }, file) => files.put(upload_id, file))
  return {
    upload,
    async url(message, attachment) {
      if (message._id === null)
        throw ownError('get_attachment_url', 'not_found', 'The message is not sent yet')
      return addresses.get(message, attachment)
    },
    urlOf: (file) => createAttachmentUrl(wire, file, { addresses, files }),
    pending: () => createPendingAttachments(wire, upload),
  }
}
