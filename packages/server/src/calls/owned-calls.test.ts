import type { PushOf } from '@dowellchat/protocol'
import { expect, it } from 'vitest'
import { OwnedCalls } from './owned-calls.ts'

it('[CA15] keeps the offer of a call also where a look at the stored calls has found it first', () => {
  const owned = new OwnedCalls()
  // A call of which only is looked whether it is kept.
  const offer = { callId: '1' } as PushOf<'callUser'>
  owned.add('demo', '1', { seq: 0 })
  expect(owned.add('demo', '1', { offer, seq: 0 }).offer).toBe(offer)
  owned.add('demo', '1', { seq: 7 })
  expect(owned.get('1')?.offer).toBe(offer)
})
