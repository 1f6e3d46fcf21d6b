import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import * as z from 'zod/mini'
import { contractDocument, packageVersion, snapshotFile } from '../scripts/contract.ts'
import { errors, pushes, requests } from './index.ts'
import { v2Requests } from './v2/index.ts'

// The events of docs/v2.md, in its order, without those that it lists as not implemented.
const eventsOfV2 = [
  'join',
  'leave',
  'message_event',
  'callUser',
  'answerCall',
  'endCall',
  'create_topic',
  'get_all_topics',
  'create_line_manager',
  'get_all_line_managers',
  'create_ticket',
  'get_tickets',
  'close_ticket',
  'ticket_message_event',
  'get_ticket_messages',
]

it('[CT1] knows every event of V2 under its own name, in both dialects', () => {
  expect(Object.keys(v2Requests).sort()).toEqual([...eventsOfV2].sort())
  expect(Object.keys(requests)).toEqual(expect.arrayContaining(eventsOfV2))
})

it('[CT2] keeps the spellings of V2 in its answers', () => {
  const spellings = Object.entries(v2Requests).filter(([name, { operation }]) => name !== operation)
  expect(spellings.map(([name, { operation }]) => [name, operation])).toEqual([
    ['get_tickets', 'get_ticket'],
    ['ticket_message_event', 'send_message'],
  ])
})

it('[CT3] writes every schema as JSON Schema: no dates, transforms or voids travel', () => {
  for (const schema of [
    ...Object.values(requests).flatMap(({ payload, data }) => [payload, data]),
    ...Object.values(pushes),
  ]) {
    expect(() => z.toJSONSchema(schema, { io: 'input' })).not.toThrow()
  }
})

it('[CT4] asks for a cid in every request that creates', () => {
  const creating = [
    'message_event',
    'ticket_message_event',
    'create_ticket',
    'create_topic',
    'create_line_manager',
    'callUser',
  ]
  for (const name of creating)
    expect(contractDocument().requests[name]?.payload).toHaveProperty('properties.cid')
})

it('[CT5] drops fields that an entry does not have', () => {
  const parsed = z.safeParse(requests.leave.payload, { room: 'a', author: 'somebody else' })
  expect(parsed).toEqual({ success: true, data: { room: 'a' } })
})

it('[CT6] names only errors of the registry', () => {
  for (const { errors: own } of Object.values(contractDocument().requests)) {
    for (const code of own) expect(Object.keys(errors)).toContain(code)
  }
})

it('[CT7] has not changed the wire since the snapshot of its version: a change needs `pnpm changeset version` and `pnpm contract`', () => {
  const file = snapshotFile(packageVersion())
  expect(existsSync(file), `${file} is missing`).toBe(true)
  const {
    version: _version,
    commit: _commit,
    ...snapshot
  } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  expect(JSON.parse(JSON.stringify(contractDocument()))).toEqual(snapshot)
})
