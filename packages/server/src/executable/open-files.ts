import type { AttachmentStore } from '../attachments/attachment-store.ts'
import { folderAttachments } from '../attachments/folder/folder-attachments.ts'
import { s3Attachments } from '../attachments/s3/s3-attachments.ts'
import type { FileConfig } from './file-config.ts'

/** Where the files of messages are; undefined where they have none. */
export function openFiles(config: FileConfig | undefined): AttachmentStore | undefined {
  if (!config) return undefined
  return config.kind === 'folder' ? folderAttachments(config) : s3Attachments(config)
}
