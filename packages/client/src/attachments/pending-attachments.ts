import { limits } from '@dowellchat/protocol/core'
import type { Connection } from '../connection/connection.ts'
import type { Attachment } from '../entities.ts'
import { isRequestError, ownError, RequestError } from '../errors.ts'
import { createHolders } from '../live/holders.ts'
import { createSource, readOnly } from '../live/observable.ts'
import type { Wire } from '../requests/wire.ts'
import { uuid } from '../uuid.ts'
import { nameOf, previewOf, type Shape, shapeOf, typeOf } from './file-facts.ts'
import {
  type FileBytes,
  noFiles,
  type PendingAttachment,
  type PendingState,
  type RealPending,
} from './pending-state.ts'
import type { Upload } from './uploads.ts'

interface Item {
  row: PendingAttachment
  readonly file: FileBytes
  readonly shape: Promise<Shape>
  /** Of the upload, until it has failed for good. */
  cid: string
  upload: AbortController
}

export function createPendingAttachments({ connection, request }: Wire, upload: Upload): RealPending {
  const items = new Map<string, Item>()
  let error: RequestError | null = null
  const state = createSource(noFiles)
  let stop = (): void => {}
  const holders = createHolders({
    open() {
      stop = connection.subscribe(show)
      show()
    },
    close() {
      stop()
      clear()
    },
  })

  function stateOf(): PendingState {
    const { session } = connection.getSnapshot()
    const attachments = Array.from(items.values(), ({ row }) => row)
    const isReady = attachments.every(({ status }) => status === 'ready')
    return { attachments, isReady, canAttach: session?.can.includes('create_upload') ?? false, error }
  }

  /** Shows what has changed; the list stays the same object while nothing in it has. */
  function show(): void {
    const next = stateOf()
    const { attachments } = state.getSnapshot()
    const isSame =
      attachments.length === next.attachments.length &&
      attachments.every((row, at) => row === next.attachments[at])
    state.patch(isSame ? { ...next, attachments } : next)
  }

  function set(item: Item, changes: Partial<PendingAttachment>): void {
    item.row = { ...item.row, ...changes }
    if (items.get(item.row.id) === item) show()
  }

  function addOne(file: FileBytes): void {
    const type = typeOf(file.type)
    const id = uuid()
    const previewUrl = previewOf(file, type)
    const about = { id, name: nameOf(file), type, size: file.size, previewUrl }
    const row: PendingAttachment = { ...about, ...fresh, attachment: null }
    const item = { row, file, shape: shapeOf(file, type), cid: uuid(), upload: new AbortController() }
    items.set(id, item)
    void item.shape.then(({ duration_ms, ...size }) =>
      set(item, { ...size, ...(duration_ms !== undefined && { durationMs: duration_ms }) }),
    )
    void begin(item)
  }

  async function begin(item: Item): Promise<void> {
    const { signal } = item.upload
    if (item.file.size === 0)
      return fail(item, ownError('create_upload', 'invalid_payload', 'The file is empty'))
    try {
      // Without a connection it waits, however long that takes.
      await untilOnline(connection, signal)
      const attachment = await send(item, signal)
      set(item, { status: 'ready', progress: 1, attachment })
    } catch (failure) {
      if (signal.aborted) return
      if (!isRequestError(failure)) throw failure
      if (!failure.retryable || connection.getSnapshot().status === 'online') return fail(item, failure)
      set(item, fresh)
      void begin(item)
    }
  }

  function send(item: Item, signal: AbortSignal): Promise<Attachment> {
    const { file, cid, shape, row } = item
    return upload(file, {
      ...{ cid, shape, signal, name: row.name },
      onStart: () => set(item, { status: 'uploading' }),
      onProgress: (progress) => showProgress(item, progress),
    })
  }

  /** A hundred steps: each renders who shows it. */
  function showProgress(item: Item, progress: number): void {
    const shown = Math.floor(progress * 100) / 100
    if (shown > item.row.progress) set(item, { progress: shown })
  }

  function fail(item: Item, failure: RequestError): void {
    // What the server does not take will not be taken under the same cid.
    if (!failure.retryable) item.cid = uuid()
    const canRetry = failure.code !== 'invalid_payload'
    set(item, { status: 'failed', progress: 0, error: failure, canRetry })
  }

  function drop(item: Item): void {
    items.delete(item.row.id)
    item.upload.abort()
    if (item.row.previewUrl !== null) URL.revokeObjectURL(item.row.previewUrl)
  }

  function clear(): void {
    for (const item of [...items.values()]) drop(item)
    error = null
    show()
  }

  return {
    ...readOnly(state),
    retain: holders.retain,
    reload: async () => {},
    clear,
    add(files) {
      const all = Array.from(files)
      const room = limits.attachments - items.size
      error = all.length > room ? tooMany() : null
      for (const file of all.slice(0, room)) addOne(file)
      show()
    },
    remove(id) {
      const item = items.get(id)
      if (!item) return
      const { attachment } = item.row
      if (attachment) request.cancel_upload({ upload_id: attachment.upload_id }).catch(() => undefined)
      drop(item)
      error = null
      show()
    },
    retry(id) {
      const item = items.get(id)
      if (item?.row.status !== 'failed' || !item.row.canRetry) return
      item.upload = new AbortController()
      set(item, fresh)
      void begin(item)
    },
  }
}

function untilOnline(connection: Connection, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    function look(): void {
      if (connection.getSnapshot().status === 'online') end(resolve)
    }
    const leave = (): void => end(() => reject(signal.reason))
    const end = (settle: () => void): void => {
      stop()
      signal.removeEventListener('abort', leave)
      settle()
    }
    const stop = connection.subscribe(look)
    signal.addEventListener('abort', leave)
    look()
  })
}

const fresh = { status: 'waiting', progress: 0, error: null, canRetry: false } as const

const tooMany = (): RequestError =>
  new RequestError('create_upload', {
    code: 'limit_reached',
    message: `A message has at most ${limits.attachments} files`,
    retryable: false,
  })
