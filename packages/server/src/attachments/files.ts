import type { Attachment } from '@dowellchat/protocol'
import type { Meter } from '../metrics/meter.ts'
import type { UploadRow } from '../stores/store.ts'
import { dateNow } from '../time.ts'
import type { AttachmentStore, FileKey, UploadAddress } from './attachment-store.ts'
import { firstBytes, kindProblem, servingOf } from './kinds.ts'
import { type Sweeping, unnamedMs } from './sweeping.ts'

/** How long the address of a file is valid. */
const servedMs = 5 * 60_000

/** An address, and until when it is valid. */
interface Until {
  readonly expires_at: string
}

/** The files of a server whose messages may have some. */
export interface Files {
  /** Where the bytes of an upload may be sent to. */
  addressFor(workspaceId: string, upload: UploadRow): Promise<UploadAddress & Until>
  /** What is wrong with the bytes of an upload: `missing` where there are none, or why they can never be its file's. */
  problemOf(workspaceId: string, upload: UploadRow): Promise<'missing' | { readonly why: string } | undefined>
  /** Where a message's file can be fetched. */
  urlOf(workspaceId: string, attachment: Attachment): Promise<{ readonly url: string } & Until>
  /** Call it when files have to go. */
  sweepSoon(): void
  /** Counts a step of an upload. */
  readonly count: (step: UploadStep) => void
}

/** What happens to uploads, as metrics name it. */
export type UploadStep = 'created' | 'finished' | 'refused' | 'named' | 'cancelled'

interface FilesParts {
  readonly store: AttachmentStore
  readonly sweeping: Pick<Sweeping, 'soon'>
  readonly uploadMs: number
  readonly meter: Meter | undefined
}

/** The files of a server, over where their bytes are. */
export function filesOver({ store, sweeping, uploadMs, meter }: FilesParts): Files {
  return {
    async addressFor(workspace_id, upload) {
      const { _id: upload_id, type, size, sha256, created_at } = upload
      const expires = Math.min(dateNow() + uploadMs, Date.parse(created_at) + unnamedMs)
      const address = await store.addressFor({ workspace_id, upload_id, type, size, sha256 }, expires)
      return { ...address, expires_at: new Date(expires).toISOString() }
    },

    async problemOf(workspace_id, { _id: upload_id, type, size }) {
      const key: FileKey = { workspace_id, upload_id }
      const found = await store.look(key, firstBytes)
      if (!found) return 'missing'
      const why =
        found.size === size
          ? await kindProblem(type, found.first)
          : `It has ${found.size} bytes, and ${size} were announced`
      return why === undefined ? undefined : { why }
    },

    async urlOf(workspace_id, { upload_id, name, type }) {
      const expires = dateNow() + servedMs
      const url = await store.urlOf({ workspace_id, upload_id, name, ...servingOf(type) }, expires)
      return { url, expires_at: new Date(expires).toISOString() }
    },

    sweepSoon: () => sweeping.soon(),

    count: (step) => meter?.uploaded(step),
  }
}
