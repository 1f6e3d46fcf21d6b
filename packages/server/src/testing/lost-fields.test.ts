import { AssertionError } from 'node:assert'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { callFields } from '../stores/fields/calls.ts'
import { type AnyFields, namesOf } from '../stores/fields/field.ts'
import { lineManagerFields } from '../stores/fields/line-managers.ts'
import { ticketFields } from '../stores/fields/tickets.ts'
import { topicFields } from '../stores/fields/topics.ts'
import { losesField } from './broken-stores/lost-field.ts'
import { fieldCases } from './store-cases/fields.ts'

const entities = {
  topics: topicFields,
  lineManagers: lineManagerFields,
  tickets: ticketFields,
  calls: callFields,
} satisfies Record<string, AnyFields>

type Entity = keyof typeof entities

const methods = [
  ...(['create', 'get', 'list'] as const).map((method) => ['topics', method] as const),
  ...(['create', 'list'] as const).map((method) => ['lineManagers', method] as const),
  ...(['create', 'get', 'list', 'close', 'assignWaiting', 'listOpen'] as const).map(
    (method) => ['tickets', method] as const,
  ),
  ...(['create', 'transition', 'listOpen'] as const).map((method) => ['calls', method] as const),
] satisfies (readonly [Entity, string])[]

it.each(methods)('the cases of a store name a field that %s.%s loses', async (domain, method) => {
  for (const field of namesOf(entities[domain], 'entity')) {
    const folder = mkdtempSync(join(tmpdir(), 'dowellchat-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const open = losesField(domain, method, field)
    const runs = fieldCases.map(({ run }) => {
      const place = mkdtempSync(join(folder, 'case-'))
      return run(() => open(place))
    })
    const failures = (await Promise.allSettled(runs)).flatMap((one) =>
      one.status === 'rejected' && one.reason instanceof AssertionError ? [one.reason.message] : [],
    )
    expect(failures.join(), `${domain}.${method} without ${field}`).toContain(field)
  }
})
