import { describe, expect, it } from 'vitest'
import { compare } from './against.ts'

const named = { row: 'row', title: 'a row', mode: 'memory', of: 'CPU', unit: 'µs' }
const bare = 5

describe('the comparison with another commit', () => {
  it.each([
    ['no worse within a twentieth', { new: 10.4, old: 10, again: 10 }, false],
    ['worse beyond it', { new: 10.6, old: 10, again: 10 }, true],
    ['no worse within what the old commit shows against itself', { new: 10.6, old: 10, again: 10.7 }, false],
    ['no worse where the second old process is the faster one', { new: 10.6, old: 10, again: 9 }, false],
  ])('finds a cost %s', (_what, values, isWorse) => {
    expect(compare(named, [{ bare, ...values }]).isWorse).toBe(isWorse)
  })

  it('takes the median of the rounds', () => {
    const rounds = [1, 1, 1, 3, 3].map((cost) => ({ bare, old: 1, again: 1, new: cost }))
    expect(compare(named, rounds)).toMatchObject({ newByOld: { median: 1, min: 1, max: 3 }, isWorse: false })
  })

  it('finds a rate worse when it falls', () => {
    const rounds = [{ bare, old: 100, again: 100, new: 90 }]
    expect(compare(named, rounds, true).isWorse).toBe(true)
    expect(compare(named, rounds).isWorse).toBe(false)
  })
})
