import type { DraftResult } from '../../delivery/streams.ts'
import { RequestError } from '../../errors.ts'
import type { Membership, MessageDraft, StreamKey } from '../../stores/store.ts'
import type { Context } from '../handler.ts'
import { managesAll } from './room-access.ts'

/**
 * Of some messages to a room with slow mode, or to a thread of it, those that may be sent now: the first one, if its sender has
 * waited long enough, and repetitions. Rooms without slow mode ask nothing.
 */
export async function inPace(
  context: Context,
  { room, role }: Membership,
  key: StreamKey,
  drafts: readonly DraftResult[],
): Promise<DraftResult[]> {
  const { slow_mode_ms: every_ms } = room
  if (every_ms === null || role === 'owner' || managesAll(context.session)) return [...drafts]
  const results: DraftResult[] = []
  let waitMs = 0
  for (const draft of drafts) {
    if (draft instanceof RequestError || (await isRepeated(context, key, draft))) {
      results.push(draft)
      continue
    }
    const isFirst = waitMs === 0
    if (isFirst) waitMs = await pace(context, room._id, draft, every_ms)
    if (isFirst && waitMs === 0) {
      results.push(draft)
      waitMs = every_ms
    } else results.push(tooSoon(waitMs, every_ms))
  }
  return results
}

function isRepeated({ store }: Context, key: StreamKey, { author, cid }: MessageDraft): Promise<boolean> {
  return store.streams.has(key, author, cid)
}

function pace({ session, store }: Context, room: string, { cid }: MessageDraft, every_ms: number) {
  const { workspace_id, user_id } = session
  return store.rooms.pace(workspace_id, { room, user_id, cid, every_ms })
}

function tooSoon(waitMs: number, slow_mode_ms: number): RequestError {
  const seconds = Math.ceil(waitMs / 1_000)
  const text = `This room is in slow mode: send your next message in ${seconds} s`
  return new RequestError('rate_limited', text, { slow_mode_ms }, Math.ceil(waitMs))
}
