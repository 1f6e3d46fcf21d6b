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
    readWebhooks(text, ['shop'])
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
    expect(readWebhooks(file, ['shop'])).toEqual([webhook])
    expect(readWebhooks(JSON.stringify([webhook]), ['shop'])).toEqual([webhook])
    expect(readWebhooks(undefined, ['shop'])).toBeUndefined()
  })

  it('[WH25] says what is wrong, and shows no secret', () => {
    expect(refusal('/nowhere/webhooks.json')).toContain(
      'WEBHOOKS: /nowhere/webhooks.json cannot be read (ENOENT)',
    )
    expect(refusal(`[{"secret": "${secret}"`)).toContain('WEBHOOKS: expected JSON')
    expect(refusal({ ...webhook })).toContain('WEBHOOKS: the list: ')
    // As `docker --env-file` reads a list in quotes.
    expect(refusal(`'${JSON.stringify([webhook])}'`)).toContain('WEBHOOKS: expected JSON')
    expect(refusal([{ ...webhook, url: 7 }])).toContain('WEBHOOKS: 0.url: ')
    expect(refusal([{ ...webhook, secrets: [secret] }])).toContain('WEBHOOKS: 0: ')
    expect(refusal([{ ...webhook, url: 'https://10.0.0.1/' }])).toContain('10.0.0.1 is a private address')
    expect(refusal([{ ...webhook, secret: 'whsec_c2hvcnQ=' }])).toContain('24 bytes or more')
    expect(refusal([webhook, webhook])).toContain('crm is listed twice')
    const unknown = 'webhooks: crm: workspaces: shopp is not among the server'
    expect(refusal([{ ...webhook, workspaces: ['shop', 'shopp'] }])).toContain(unknown)
    expect(refusal([{ ...webhook, workspaces: [] }])).toContain('webhooks: crm: workspaces: expected one')
    expect(refusal([{ ...webhook, workspaces: ['shop'] }])).toBe('')
  })
})
