import type { Attachment } from '@dowellchat/protocol'
import type { Meter } from '../metrics/meter.ts'
import { SharedQuestions } from '../queues/shared-questions.ts'
import { StoreUnavailableError, type UploadRow } from '../stores/store.ts'
import { dateNow } from '../time.ts'
import type { AttachmentStore, FileStart, IncomingFile, UploadAddress } from './attachment-store.ts'
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
  /**
   * Looks at the bytes of an upload, and keeps them unless something is wrong: `missing` where there are none, or why they can never
   * be its file's.
   */
  take(workspaceId: string, upload: UploadRow): Promise<'missing' | { readonly why: string } | undefined>
  /** What finishes uploads, each once at a time: all its bytes may have to be read. */
  readonly finishing: SharedQuestions<Attachment>
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

/** Where the bytes are has failed: the request may be repeated, and the log says why. */
async function available<Result>(result: Promise<Result>): Promise<Result> {
  try {
    return await result
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'no answer'
    throw new StoreUnavailableError(`The files cannot be reached: ${reason}`, { cause })
  }
}

/** The files of a server, over where their bytes are. */
export function filesOver({ store, sweeping, uploadMs, meter }: FilesParts): Files {
  return {
    async addressFor(workspace_id, upload) {
      const { _id: upload_id, type, size, sha256, created_at } = upload
      const expires = Math.min(dateNow() + uploadMs, Date.parse(created_at) + unnamedMs)
      const address = await available(
        store.addressFor({ workspace_id, upload_id, type, size, sha256 }, expires),
      )
      return { ...address, expires_at: new Date(expires).toISOString() }
    },

    async take(workspace_id, { _id: upload_id, type, size, sha256 }) {
      const file = { workspace_id, upload_id, type, size, sha256 }
      const found = await available(store.look(file, firstBytes))
      if (!found) return 'missing'
      const why = await problemOf(file, found)
      if (why !== undefined) return { why }
      return (await available(store.keep(file, found))) ? undefined : 'missing'
    },

    finishing: new SharedQuestions(),

    async urlOf(workspace_id, { upload_id, name, type }) {
      const expires = dateNow() + servedMs
      const url = await available(store.urlOf({ workspace_id, upload_id, name, ...servingOf(type) }, expires))
      return { url, expires_at: new Date(expires).toISOString() }
    },

    sweepSoon: () => sweeping.soon(),

    count: (step) => meter?.uploaded(step),
  }
}

async function problemOf({ type, size }: IncomingFile, found: FileStart): Promise<string | undefined> {
  if (found.size !== size) return `It has ${found.size} bytes, and ${size} were announced`
  if (!found.hasSha256) return 'Its bytes are not those whose SHA-256 was given'
  return kindProblem(type, found.first)
}
