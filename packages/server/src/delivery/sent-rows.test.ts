import { expect, it } from 'vitest'
import { SentRows } from './sent-rows.ts'

it('[NX3] knows what was sent since a moment', () => {
  const sent = new SentRows()
  const before = sent.now()
  expect(sent.wasSentSince('a', before)).toBe(false)
  sent.note('a')
  expect([sent.wasSentSince('a', before), sent.wasSentSince('b', before)]).toEqual([true, false])
  expect(sent.wasSentSince('a', sent.now())).toBe(false)
  expect([sent.wasSent('a'), sent.wasSent('b')]).toEqual([true, false])
})

it('[NX3] takes what it has forgotten for sent until then, and remembers no more than it may', () => {
  const sent = new SentRows(2)
  const before = sent.now()
  sent.note('a')
  sent.note('b')
  sent.note('a')
  const between = sent.now()
  sent.note('c')
  // `b` is forgotten, and so may anything else have been.
  for (const name of ['a', 'b', 'c', 'd']) expect(sent.wasSentSince(name, before)).toBe(true)
  expect([sent.wasSentSince('b', between), sent.wasSentSince('d', between)]).toEqual([false, false])
  expect(sent.wasSentSince('c', between)).toBe(true)
})
