import { expect, it } from 'vitest'
import { oldRows } from '../../../tests/support/old-rows.ts'
import { callFields } from './calls.ts'
import type { AnyFields } from './field.ts'
import { lineManagerFields } from './line-managers.ts'
import { entryFields, streamFields } from './streams.ts'
import { ticketFields } from './tickets.ts'
import { topicFields } from './topics.ts'
import { workspaceFields } from './workspaces.ts'

const tables: readonly (readonly [name: string, fields: AnyFields, old: object])[] = [
  ['workspaceFields', workspaceFields, oldRows.workspace],
  ['topicFields', topicFields, oldRows.topic],
  ['lineManagerFields', lineManagerFields, oldRows.lineManager],
  ['ticketFields', ticketFields, oldRows.tickets[0] ?? {}],
  ['callFields', callFields, oldRows.call],
  ['streamFields', streamFields, oldRows.stream],
  ['entryFields', entryFields, oldRows.entry],
]

it.each(tables)('%s has every field of 0.1.0, and a default for each later one', (table, fields, old) => {
  expect(Object.keys(old).filter((name) => !(name in fields))).toEqual([])
  const later = Object.entries(fields).filter(([name]) => !(name in old))
  const without = later.filter(([, { missing }]) => missing === undefined).map(([name]) => name)
  expect(without, `rows of 0.1.0 have no such field: give it orNull(…) or added(…) in ${table}`).toEqual([])
})
