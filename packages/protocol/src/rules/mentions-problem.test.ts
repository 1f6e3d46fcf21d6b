import { expect, it } from 'vitest'
import { mentionsProblem } from './mentions-problem.ts'

const at = (...places: readonly (readonly [start: number, end: number])[]) =>
  places.map(([start, end]) => ({ start, end }))

it.each([
  ['@ann and @ben', at([0, 4], [9, 13])],
  ['@ann@ben', at([0, 4], [4, 8])],
  ['👋 @ann', at([3, 7])],
  ['👋', at([0, 2])],
  ['no one', []],
])('[TD5] takes mentions at their places in %j', (text, mentions) => {
  expect(mentionsProblem(text, mentions)).toBeUndefined()
})

it.each([
  ['@ann', at([0, 5]), 'mentions.0.end: expected at most 4, the end of the text'],
  ['@ann', at([2, 2]), 'mentions.0.end: expected more than 2, its start'],
  ['@ann', at([3, 1]), 'mentions.0.end: expected more than 3, its start'],
  ['@ann @ben', at([5, 9], [0, 4]), 'mentions.1.start: expected 9 or more, after the one before'],
  ['@ann @ben', at([0, 4], [3, 9]), 'mentions.1.start: expected 4 or more, after the one before'],
  ['👋 @ann', at([1, 7]), 'mentions.0: expected whole characters'],
  ['@👋', at([0, 2]), 'mentions.0: expected whole characters'],
])('[TD5] says what is wrong with mentions of %j at %j', (text, mentions, problem) => {
  expect(mentionsProblem(text, mentions)).toBe(problem)
})
