import type { LookupAddress } from 'node:dns'
import { expect, it, onTestFinished } from 'vitest'
import { secret, startReceiver } from '../../tests/support/receiver.ts'
import { AddressRules, type Resolve } from './addresses.ts'
import { type WebhookOptions, webhooksOf } from './options.ts'
import { posting } from './post.ts'

const wrong: readonly string[] = [
  'http://example.com/',
  'ftp://example.com/',
  'https://user:word@example.com/',
  'https://127.0.0.1/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://10.1.2.3/',
  'https://172.31.255.255/',
  'https://192.168.0.1/',
  'https://169.254.169.254/latest/meta-data',
  'https://100.64.0.1/',
  'https://0.0.0.0/',
  'https://255.255.255.255/',
  'https://[::1]/',
  'https://[::]/',
  'https://[::ffff:10.0.0.1]/',
  'https://[64:ff9b::a00:1]/',
  'https://[fd00::1]/',
  'https://[fe80::1]/',
  'https://[2002:a00:1::]/',
  'https://[ff02::1]/',
  'nonsense',
]

const workspaces = ['demo']

function options(more: object): WebhookOptions[] {
  return [{ id: 'hook', url: 'https://example.com/', secret, ...more }]
}

it('[WH16] refuses webhooks at private addresses, in any spelling, and without TLS', () => {
  for (const url of wrong)
    expect(() => webhooksOf(options({ url }), { workspaces }), url).toThrow(/^webhooks: hook: url: /)
  for (const url of ['https://example.com/', 'https://8.8.8.8/', 'https://[2606:4700::1111]/'])
    expect(() => webhooksOf(options({ url }), { workspaces }), url).not.toThrow()
  const listed = { url: 'http://10.1.2.3:8080/', allowPrivate: ['10.0.0.0/8', 'fd00::/8'] }
  expect(() => webhooksOf(options(listed), { workspaces })).not.toThrow()
  expect(() => webhooksOf(options({ ...listed, url: 'http://8.8.8.8/' }), { workspaces })).toThrow(
    'without TLS',
  )
})

it('[WH16] names what else is wrong with the options of a webhook', () => {
  const cases: [object, string][] = [
    [{ id: 'A b' }, 'webhooks[0]: id: expected small letters'],
    [{ secret: 'short' }, 'webhooks: hook: secret: expected whsec_'],
    [{ secret: [] }, 'webhooks: hook: secret: expected whsec_'],
    [{ secret: 'whsec_AAAA' }, '24 bytes or more'],
    [{ streams: ['notes'] }, 'webhooks: hook: streams: expected room, ticket, thread'],
    [{ events: [] }, 'webhooks: hook: events: expected entries, unread'],
    [{ allowPrivate: ['10.0.0.0/33'] }, 'webhooks: hook: allowPrivate: expected addresses'],
  ]
  for (const [more, text] of cases)
    expect(() => webhooksOf(options(more), { workspaces }), text).toThrow(text)
  expect(() => webhooksOf([...options({}), ...options({})], { workspaces })).toThrow('hook is listed twice')
})

it('[WH16] connects to the address that was looked at, whatever the name means later', async () => {
  const receiver = await startReceiver()
  const answers: LookupAddress[][] = [
    [{ address: '169.254.169.254', family: 4 }],
    [
      { address: '10.0.0.1', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ],
    [{ address: '::1', family: 6 }],
  ]
  let asked = 0
  const resolve = ((
    _name: string,
    _options: object,
    callback: (error: null, found: LookupAddress[]) => void,
  ) => callback(null, answers[asked++] ?? [])) as unknown as Resolve
  const url = `http://rebind.example:${receiver.port}/`
  const [webhook] = webhooksOf(options({ url, allowPrivate: ['127.0.0.1'] }), { workspaces })
  const abort = new AbortController()
  onTestFinished(() => abort.abort())
  if (!webhook) throw new Error('There is no webhook')
  const post = posting(webhook, { timeoutMs: 5_000, signal: abort.signal, resolve })
  const refused = { ok: false, problem: 'rebind.example: 169.254.169.254 is a private address' }
  expect(await post('1', '{"n":1}')).toEqual(refused)
  expect(await post('2', '{"n":2}')).toEqual({ ok: true })
  expect(receiver.received.map(({ body }) => body)).toEqual([{ n: 2 }])
  expect(asked).toBe(2)
})

it('[WH16] takes an address with the interface of its link for what it is', () => {
  expect(AddressRules.of().problemOf('fe80::1%eth0', 'https:')).toBe('fe80::1 is a private address')
  expect(AddressRules.of().problemOf('no address', 'https:')).toBe('it has no address')
})
