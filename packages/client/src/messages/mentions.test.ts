import { expect, it } from 'vitest'
import { findMentions } from './mentions.ts'

const people = [
  { user_id: 'ann', name: 'Ann' },
  { user_id: 'lee', name: 'Ann Lee' },
  { user_id: 'jo', name: 'Jo (design)' },
  { user_id: 'zoe', name: 'Zoë' },
  { user_id: 'other', name: 'ann' },
  { user_id: 'nobody', name: '' },
]
const found = (text: string) =>
  findMentions(text, people).map(({ user_id, start, end }) => [user_id, text.slice(start, end)])

it.each([
  [
    '@Ann and @zoë!',
    [
      ['ann', '@Ann'],
      ['zoe', '@zoë'],
    ],
  ],
  ['the longest: @ann lee', [['lee', '@ann lee']]],
  [
    '(@Jo (design)) @ANN',
    [
      ['jo', '@Jo (design)'],
      ['ann', '@ANN'],
    ],
  ],
  ['😀 @Ann', [['ann', '@Ann']]],
  [
    '@Ann @Ann',
    [
      ['ann', '@Ann'],
      ['ann', '@Ann'],
    ],
  ],
  ['@Anna mail@Ann.example Ann @ Ann @Zoë2', []],
])('[CW8] finds who is mentioned in %j', (text, mentions) => {
  expect(found(text)).toEqual(mentions)
})

it('[CW8] finds nothing without people, and no more than a message may mention', () => {
  expect(findMentions('@Ann', [])).toEqual([])
  expect(findMentions('@Ann '.repeat(60), people)).toHaveLength(50)
})
