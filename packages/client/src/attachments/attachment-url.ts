import type { Message } from '../entities.ts'
import { RequestError } from '../errors.ts'
import { orGone } from '../live/gone.ts'
import { type Changes, createLive } from '../live/live.ts'
import type { LiveThing, ThingState } from '../live/live-thing.ts'
import { createSource, readOnly } from '../live/observable.ts'
import type { Wire } from '../requests/wire.ts'
import type { Addresses } from './addresses.ts'
import { previewOf } from './file-facts.ts'
import type { LocalFiles } from './local-files.ts'
import type { ShownFile } from './shown-file.ts'

/**
 * Where the file of a message is shown from. It stays the same while it is held, also over reconnects: another address would
 * load the same picture again, or stop a sound that plays.
 */
export function createAttachmentUrl(
  { connection }: Wire,
  file: ShownFile,
  { addresses, files }: { readonly addresses: Addresses; readonly files: LocalFiles },
): LiveThing<string> {
  const { attachment } = file
  const state = createSource<ThingState<string>>({
    status: 'loading',
    sync: 'offline',
    data: null,
    error: null,
  })
  /** The address of the file in memory, while it is held. */
  let local: string | undefined
  /** Since it is held, or was to be loaded again. */
  let isNew = true
  let gone: RequestError | null = null

  const live = createLive<ThingState<string>>(
    { state: { getSnapshot: state.getSnapshot, patch: show }, load, listen },
    connection,
  )

  async function load(): Promise<() => Changes<ThingState<string>>> {
    const found = await orGone(current())
    return () => {
      isNew = false
      gone = found instanceof RequestError ? found : null
      return { data: found instanceof RequestError ? null : found } as Changes<ThingState<string>>
    }
  }

  async function current(): Promise<string> {
    const { data } = state.getSnapshot()
    if (local !== undefined) return local
    if (data !== null && !isNew) return data
    await file.sent
    return addresses.get(file.message() as Message, attachment)
  }

  function show(changes: Changes<ThingState<string>>): void {
    if (gone && changes.status === 'ready')
      state.patch({ ...changes, status: 'error', data: null, error: gone })
    else state.patch(changes)
  }

  function listen(): () => void {
    const kept = files.get(attachment.upload_id)
    isNew = true
    gone = null
    local = (kept && previewOf(kept, attachment.type)) ?? undefined
    if (local !== undefined) {
      state.patch({ status: 'ready', data: local, error: null })
    } else if (state.getSnapshot().data !== null && !addresses.has(attachment)) {
      // An address of before has expired.
      state.patch({ status: 'loading', data: null, error: null })
    }
    return () => {
      if (local === undefined) return
      URL.revokeObjectURL(local)
      local = undefined
      state.patch({ status: 'loading', data: null })
    }
  }

  return {
    ...readOnly(state),
    retain: live.retain,
    reload() {
      isNew = true
      addresses.forget(attachment)
      return live.run()
    },
  }
}
