import { expect, it } from 'vitest'
import { fingerprint, messageFingerprint } from './fingerprint.ts'

const sent = { message_data: 'Hello', reply_to: undefined, metadata: { a: 1 }, mentions: [] }

it.each([{ room_id: 'r' }, { ticket_id: 't' }, { thread: 't' }, { notes: 't' }])(
  '[S3] of a message to %j is that of its request, whatever the time and the cid',
  (owner) => {
    const payload = { ...owner, ...sent, cid: 'one', client_created_at: '2026-01-01T00:00:00.000Z' }
    const { message_data, metadata, mentions } = sent
    const known = fingerprint({ ...owner, message_data, mentions, metadata })
    expect(messageFingerprint(owner, payload as never)).toBe(known)
    expect(messageFingerprint(owner, { ...payload, cid: 'another' } as never)).toBe(known)
    expect(messageFingerprint(owner, { ...sent, message_data: 'Hello!' } as never)).not.toBe(known)
  },
)

it('[S3] is what servers of 0.9.0 have stored', () => {
  const message = { message_data: 'Hello', attachments: undefined } as never
  expect(messageFingerprint({ room_id: 'lobby' }, message)).toBe(
    'JHxsTFJhnprIMAAkO3ZOdAQu0mA_Yk9XIorF3E2Rct4',
  )
})
