import type { DraftResult } from '../../delivery/streams.ts'
import { RequestError } from '../../errors.ts'
import type { StreamKey } from '../../stores/store.ts'
import type { Context } from '../handler.ts'
import { isRepeated } from './access.ts'
import { type Outgoing, placing } from './drafting.ts'
import { requireVoice } from './room-access.ts'
import { inPace } from './slow-mode.ts'

/** Messages to a room with members, or to a thread of it. */
interface ToMembers {
  readonly key: StreamKey
  readonly all: readonly Outgoing[]
  place(): Promise<DraftResult[]>
}

/** Those that may be sent now. Who may not write any more is answered what they have sent before. */
export async function inMembersTurn(
  room: string,
  { key, all, place }: ToMembers,
  context: Context,
): Promise<DraftResult[]> {
  try {
    const membership = await requireVoice(context, room)
    return await inPace(context, membership, key, await place())
  } catch (error) {
    if (error instanceof RequestError && error.code === 'forbidden')
      return repetitions(all, key, error, context)
    throw error
  }
}

/** @throws the refusal, where none of the messages was sent before */
async function repetitions(
  all: readonly Outgoing[],
  key: StreamKey,
  refusal: RequestError,
  context: Context,
): Promise<DraftResult[]> {
  const areSent = await Promise.all(all.map(({ draft: { cid } }) => isRepeated(key, cid, context)))
  if (!areSent.includes(true)) throw refusal
  return Promise.all(all.map((one, at) => (areSent[at] ? placing(one, { key }, context) : refusal)))
}
