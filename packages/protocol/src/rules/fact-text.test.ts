import { expect, it } from 'vitest'
import { factText } from './fact-text.ts'
import { fillAnswer } from './fill-answer.ts'
import { topicTitle } from './topic-title.ts'

it('[TL3] says what happened to people, with names where there are some', () => {
  expect(factText('assigned', {}, { line_manager: 'Mia' })).toBe('Mia has the ticket')
  expect(factText('assigned')).toBe('Assigned')
  expect(factText('transferred', { reason: 'Knows it better' }, { line_manager: 'Max' })).toBe(
    'Passed on to Max: Knows it better',
  )
  expect(factText('transferred')).toBe('Passed on')
  expect(factText('rated', { score: 4 })).toBe('Rated 4 of 5')
  const call = (duration_ms: number | null) => factText('called', { duration_ms })
  expect([call(null), call(9_400), call(60_000), call(250_000)]).toEqual([
    'Call, not answered',
    'Call, 9 s',
    'Call, 1 min',
    'Call, 4 min 10 s',
  ])
})

it('[TL3] names a topic by its title, or by its name as people write it', () => {
  expect(topicTitle({ name: 'late_delivery', title: null })).toBe('Late delivery')
  expect(topicTitle({ name: 'late_delivery', title: 'Where is it?' })).toBe('Where is it?')
  expect(topicTitle({ name: '_' })).toBe('_')
})

it('[CN3] fills in the variables of a canned answer, and leaves everything else', () => {
  const values = { customer: 'Ann $1', agent: 'Mia', subject: 'Parcel', topic: 'Sales' }
  const text = 'Dear {{customer}}, about {{ subject }} ({{topic}}): {{other}} {{agent}}'
  expect(fillAnswer(text, values)).toBe('Dear Ann $1, about Parcel (Sales): {{other}} Mia')
})
