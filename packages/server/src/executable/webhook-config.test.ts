import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../tests/support/server-process.ts'
import { readWebhooks } from './webhook-config.ts'

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const webhook = {
  id: 'crm',
  url: 'https://crm.example/chat',
  secret,
  streams: ['ticket'],
  events: ['entries'],
}

function refusal(webhooks: unknown): string {
  const text = typeof webhooks === 'string' ? webhooks : JSON.stringify(webhooks)
  try {
    readWebhooks(text)
  } catch (error) {
    expect((error as Error).message).not.toContain(secret)
    return (error as Error).message
  }
  return ''
}

describe('WEBHOOKS', () => {
  it('[WH25] is a file or the list itself', () => {
    const file = join(temporaryFolder(), 'webhooks.json')
    writeFileSync(file, JSON.stringify([webhook]))
    expect(readWebhooks(file)).toEqual([webhook])
    expect(readWebhooks(JSON.stringify([webhook]))).toEqual([webhook])
    expect(readWebhooks(undefined)).toBeUndefined()
  })

  it('[WH25] says what is wrong, and shows no secret', () => {
    expect(refusal('/nowhere/webhooks.json')).toContain(
      'WEBHOOKS: /nowhere/webhooks.json cannot be read (ENOENT)',
    )
    expect(refusal(`[{"secret": "${secret}"`)).toContain('WEBHOOKS: expected JSON')
    expect(refusal([{ ...webhook, url: 7 }])).toContain('WEBHOOKS: 0.url: ')
    expect(refusal([{ ...webhook, secrets: [secret] }])).toContain('WEBHOOKS: 0: ')
    expect(refusal([{ ...webhook, url: 'https://10.0.0.1/' }])).toContain('10.0.0.1 is a private address')
    expect(refusal([{ ...webhook, secret: 'whsec_c2hvcnQ=' }])).toContain('24 bytes or more')
    expect(refusal([webhook, webhook])).toContain('crm is listed twice')
  })
})
