import { expect, it } from 'vitest'
import { factWords } from './fact-words.ts'

it.each([
  ['gold', 'gold'],
  [true, 'Yes'],
  [false, 'No'],
  [null, 'None'],
  ['', 'None'],
  [20_261_133, '20261133'],
  [['red', 'green'], 'red, green'],
  [[], 'None'],
  [{}, 'None'],
  [
    { street_name: 'Elm Road 5', floor: 2, has_lift: false },
    'Street name: Elm Road 5, Floor: 2, Has lift: No',
  ],
  [[{ sku: 'a-1', count: 2 }, null], 'Sku: a-1, Count: 2, None'],
])('shows %j of a ticket as people read it', (value, words) => {
  expect(factWords(value)).toBe(words)
})
