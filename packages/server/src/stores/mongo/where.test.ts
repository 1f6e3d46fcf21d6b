import { describe, expect, it } from 'vitest'
import { above, oneOf, toFilter, within } from './where.ts'

describe('a filter', () => {
  it('is what was asked for', () => {
    const where = { workspace_id: 'acme', seq: within(1, 9), is_closed: false, slot: null, name: above('a') }
    expect(toFilter({ ...where, cid: oneOf(['x', 'y']) })).toEqual({
      workspace_id: 'acme',
      seq: { $gte: 1, $lte: 9 },
      is_closed: false,
      slot: null,
      name: { $gt: 'a' },
      cid: { $in: ['x', 'y'] },
    })
  })

  it('names the id first', () => {
    expect(Object.keys(toFilter({ workspace_id: 'acme', state: 'waiting', _id: 't1' }))[0]).toBe('_id')
  })

  it.each([
    { $ne: null },
    { $gt: '' },
    { toFilter: () => ({ $ne: null }) },
    ['a', 'b'],
    /./,
    undefined,
    () => true,
    Symbol('a'),
  ])('[S9] is refused where a value lies about its type: %o', (value) => {
    expect(() => toFilter({ workspace_id: 'acme', user_id: value })).toThrow(TypeError)
    expect(() => toFilter({ workspace_id: value })).toThrow(TypeError)
    // As if a client's object had come through a cast.
    expect(() => toFilter({ workspace_id: 'acme', cid: oneOf([value as unknown as string]) })).toThrow(
      TypeError,
    )
    expect(() => toFilter({ workspace_id: 'acme', seq: within(0, value as unknown as number) })).toThrow(
      TypeError,
    )
  })
})
