import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { ChatServerOptions } from '../src/chat-server.ts'
import { StartError } from '../src/errors.ts'
import { openChat, type TestChat } from '../src/testing/connect.ts'
import { ec, ed, enter, jwk, now, pem, rsa, secret, sign, signEd } from './support/foreign-tokens.ts'

const silent = { info() {}, warn() {}, error() {} }
const other = 'the secret of the workspace other alone'

function open(options: Partial<ChatServerOptions>): Promise<TestChat> {
  return openChat(onTestFinished, { logger: silent, ...options })
}

function file(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'jwks.json')
  writeFileSync(path, content)
  return path
}

const rs = (kid: string, change: Record<string, unknown> = {}) =>
  sign(change, rsa.privateKey, { alg: 'RS256', kid })
/** Of a token that is older than a document which is read now: what that lacks is no key. */
const earlier = () => ({ iat: now() - 60 })
const es = (kid: string) => sign({}, ec.privateKey, { alg: 'ES256', kid })

it('[TO4] takes the keys of a JWKS file', async () => {
  const keys = [
    jwk(rsa.publicKey, 'one', { use: 'sig' }),
    jwk(ec.publicKey, 'two'),
    jwk(ed.publicKey, 'three'),
  ]
  const chat = await open({ tokens: { jwks: file(JSON.stringify({ keys })) } })
  for (const token of [
    rs('one'),
    es('two'),
    signEd({}, { kid: 'three' }),
    sign({}, rsa.privateKey, { alg: 'RS256' }),
  ]) {
    expect(await enter(chat, token)).toBe('demo')
  }
  const wrong = ['../../one', '/dev/null', ''].map((kid) => rs(kid, earlier()))
  for (const token of [rs('two'), es('one'), ...wrong]) {
    expect(await enter(chat, token)).toBe('unauthenticated')
  }
})

it('[TO4] leaves out keys of a JWKS document that are for something else', async () => {
  const keys = [
    jwk(rsa.publicKey, 'one', { use: 'enc' }),
    { kty: 'oct', k: 'c2VjcmV0', kid: 'two' },
    null,
    jwk(ec.publicKey, 'three'),
  ]
  const chat = await open({ tokens: { jwks: file(JSON.stringify({ keys })) } })
  expect(await enter(chat, es('three'))).toBe('demo')
  expect(await enter(chat, rs('one', earlier()))).toBe('unauthenticated')
  expect(await enter(chat, sign({}, 'secret'.padEnd(32), { kid: 'two' }))).toBe('unauthenticated')
})

it("[TO5] lets a workspace's own key decide the workspace", async () => {
  const workspaces = [
    { id: 'demo', keys: ['demo-key'] },
    { id: 'other', keys: ['other-key'], tokens: { secrets: [other] } },
  ]
  const chat = await open({ tokens: { secrets: [secret] }, workspaces })
  expect(await enter(chat, sign({ workspace_id: undefined }, other))).toBe('other')
  expect(await enter(chat, sign({ workspace_id: 'other' }, other))).toBe('other')
  expect(await enter(chat, sign({ workspace_id: 'demo' }, other))).toBe('unauthenticated')
  expect(await enter(chat, sign({ workspace_id: 'demo' }, secret))).toBe('demo')
  expect(await enter(chat, sign({ workspace_id: 'other' }, secret))).toBe('other')
  expect(await enter(chat, sign({ workspace_id: undefined }, secret))).toBe('unauthenticated')
})

it('[TO5] needs no workspace in a token where there is one', async () => {
  const workspaces = [{ id: 'demo', keys: ['demo-key'] }]
  const chat = await open({ tokens: { secrets: [secret] }, workspaces })
  expect(await enter(chat, sign({ workspace_id: undefined }))).toBe('demo')
  expect(await enter(chat, sign({ workspace_id: 'other' }))).toBe('unauthenticated')
})

const of = (tokens: object, more: object = {}) => ({
  tokens: tokens as NonNullable<ChatServerOptions['tokens']>,
  workspaces: [{ id: 'demo', keys: ['demo-key'], ...more }],
})

it.each<[string, Partial<ChatServerOptions>, RegExp]>([
  ['a short secret', of({ secrets: ['short secret'] }), /32 bytes, this one has 12/],
  ['no key', of({}), /expected secrets, publicKeys or a jwks/],
  ['a public key that is none', of({ publicKeys: ['-----BEGIN'] }), /has to be Ed25519/],
  [
    'an RSA key of fewer than 2,048 bits',
    of({ publicKeys: [pem(generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey)] }),
    /RSA of at least 2048 bits/,
  ],
  ['a file that is not there', of({ jwks: '/nowhere/jwks.json' }), /nowhere.*ENOENT/],
  [
    'a secret twice',
    of({ secrets: [secret, secret] }),
    /configured twice, for the server and for the server/,
  ],
  [
    'a secret twice',
    of({ secrets: [secret] }, { tokens: { secrets: [secret] } }),
    /the server and for the workspace demo/,
  ],
  [
    'a key as PEM and as JWK',
    of({ publicKeys: [pem(ec.publicKey), ec.publicKey.export({ format: 'jwk' })] }),
    /twice/,
  ],
  ['no time at all', of({ secrets: [secret], maxDays: 0 }), /maxDays/],
  ['both ways', { ...of({ secrets: [secret] }), authenticate: () => null }, /takes the place of `tokens`/],
])('[TO4] does not start with %s', async (_what, options, problem) => {
  const error = await open(options).catch((refusal: unknown) => refusal)
  expect(error).toBeInstanceOf(StartError)
  expect(String(error)).toMatch(problem)
  expect(String(error)).not.toContain(secret)
})

it('[TO4] does not start with a file that is no JWKS document', async () => {
  for (const content of ['{', '{}', '[]', '{"keys":{}}']) {
    await expect(open({ tokens: { jwks: file(content) } })).rejects.toThrow(StartError)
  }
})
