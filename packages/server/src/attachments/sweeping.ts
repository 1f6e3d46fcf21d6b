import type { Logger } from '../logger.ts'
import type { Meter } from '../metrics/meter.ts'
import { type DueUpload, type Store, type UploadRow, uploadsAtOnce } from '../stores/store.ts'
import { dateNow, isoNow, repeat } from '../time.ts'
import type { AttachmentStore } from './attachment-store.ts'

/** How long an upload waits for a message that names it. */
export const unnamedMs = 24 * 60 * 60 * 1_000

const everyMs = 60_000
/** When bytes that could not be removed are tried again. */
const againMs = 5 * 60_000

interface SweepingParts {
  readonly store: Pick<Store, 'uploads' | 'streams'>
  readonly files: Pick<AttachmentStore, 'remove'>
  /** How long an address for an upload is valid, in milliseconds, and an upload may take. */
  readonly uploadMs: number
  readonly logger: Logger
  readonly meter: Meter | undefined
  /** Whether the clock may be wrong: then nothing is removed. */
  isDoubtful(): boolean
}

/**
 * Removes the bytes of files that nothing needs any more: of uploads that no message names for a day, and of messages that are gone.
 * What has to be removed is in the store until it is, so it outlasts servers; two that do the same do no harm.
 */
export class Sweeping {
  readonly #parts: SweepingParts
  readonly #stopRepeating: () => void
  #isStopped = false
  #isAskedFor = false
  #running: Promise<void> | undefined

  constructor(parts: SweepingParts) {
    this.#parts = parts
    this.#stopRepeating = repeat(() => this.#sweep(), everyMs)
  }

  /** Call it when something has become due. */
  soon(): void {
    void this.#sweep()
  }

  /** Resolves once nothing is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#stopRepeating()
    await this.#running
  }

  /** One at a time; what is asked for meanwhile follows. */
  #sweep(): Promise<void> {
    this.#isAskedFor = true
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #run(): Promise<void> {
    while (this.#isAskedFor && !this.#isStopped) {
      this.#isAskedFor = false
      if (this.#parts.isDoubtful()) return
      try {
        await this.#sweepAll()
      } catch (error) {
        this.#parts.logger.error({ error }, 'Files that are due could not be looked at')
      }
    }
  }

  async #sweepAll(): Promise<void> {
    const { uploads } = this.#parts.store
    for (let found = uploadsAtOnce; found === uploadsAtOnce && !this.#isStopped; ) {
      const due = await uploads.due(isoNow())
      found = due.length
      for (const one of due) if (!this.#isStopped) await this.#look(one)
    }
  }

  async #look(due: DueUpload): Promise<void> {
    switch (due.upload.state) {
      case 'created':
      case 'finished':
        return this.#letGo(due)
      case 'named':
        return this.#verify(due)
      case 'gone':
      case 'swept':
        return this.#remove(due)
      case 'kept':
        return
      default:
        return due.upload.state satisfies never
    }
  }

  /** Whether the message that names an upload was stored: its server may have been killed before. */
  async #verify(due: DueUpload): Promise<void> {
    const { workspace_id, upload } = due
    const { stream, message_author, message_cid } = upload
    const { streams, uploads } = this.#parts.store
    const key = { workspace_id, stream: stream ?? '' }
    if (await streams.has(key, message_author ?? '', message_cid ?? ''))
      await uploads.decide(workspace_id, upload, { state: 'kept', due_at: null })
    else await this.#letGo(due)
  }

  async #letGo(due: DueUpload): Promise<void> {
    const { workspace_id, upload } = due
    const gone = { state: 'gone', due_at: isoNow() } as const
    if (await this.#parts.store.uploads.decide(workspace_id, upload, gone))
      await this.#remove({ workspace_id, upload: { ...upload, ...gone } })
  }

  async #remove({ workspace_id, upload }: DueUpload): Promise<void> {
    const { store, files, logger, meter } = this.#parts
    const { state, _id: upload_id } = upload
    try {
      await files.remove({ workspace_id, upload_id })
      meter?.fileRemoved('removed')
      await store.uploads.decide(workspace_id, upload, this.#afterRemoving(upload))
    } catch (error) {
      meter?.fileRemoved('failed')
      logger.error({ workspace: workspace_id, upload: upload_id, error }, 'A file could not be removed')
      await store.uploads.decide(workspace_id, upload, { state, due_at: inMs(againMs) })
    }
  }

  /** An address that is still valid may bring the bytes again: then they go once more. */
  #afterRemoving({ state, created_at }: UploadRow): { state: 'swept'; due_at: string } | null {
    const isOld = dateNow() - Date.parse(created_at) > unnamedMs + 2 * this.#parts.uploadMs
    return state === 'swept' || isOld ? null : { state: 'swept', due_at: inMs(2 * this.#parts.uploadMs) }
  }
}

function inMs(ms: number): string {
  return new Date(dateNow() + ms).toISOString()
}
