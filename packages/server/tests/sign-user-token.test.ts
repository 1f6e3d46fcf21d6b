import { readFileSync } from 'node:fs'
import { type SigningKey, signUserToken } from '@dowellchat/server/tokens'
import jwt from 'jsonwebtoken'
import { expect, it, onTestFinished } from 'vitest'
import { openChat } from '../src/testing/connect.ts'
import { ec, ed, jwk, pem, rsa, secret } from './support/foreign-tokens.ts'

const privatePem = (key: typeof rsa.privateKey) => key.export({ type: 'pkcs8', format: 'pem' }).toString()

it('[TO9] makes a token that a server takes, with a secret and with each kind of key', async () => {
  const publicKeys = [rsa, ec, ed].map((pair) => pem(pair.publicKey))
  const chat = await openChat(onTestFinished, { tokens: { secrets: [secret], publicKeys } })
  const keys: SigningKey[] = [
    { secret },
    { privateKey: privatePem(rsa.privateKey), algorithm: 'RS256' },
    { privateKey: privatePem(ec.privateKey), algorithm: 'ES256' },
    { privateKey: privatePem(ed.privateKey), algorithm: 'EdDSA' },
    { privateKey: jwk(ed.privateKey, 'one'), algorithm: 'EdDSA', kid: 'one' },
  ]
  const user = { user_id: 'ann', workspace_id: 'demo', name: 'Ann', role: 'agent' } as const
  for (const key of keys) {
    const socket = chat.open({ protocol: 1, token: await signUserToken(user, key) })
    expect(await socket.first('hello')).toMatchObject({ user_id: 'ann', name: 'Ann', role: 'agent' })
  }
})

it('[TO9] says what it is told to, and nothing else', async () => {
  const user = {
    user_id: 'ann',
    workspace_id: 'demo',
    picture: 'https://example.org/ann.png',
    rooms: ['orders-*'],
    expires_in_ms: 60_000,
  }
  const token = await signUserToken(user, {
    secret,
    issuer: 'https://id.example',
    audience: 'chat',
    kid: 'one',
  })
  const { header, payload } = jwt.verify(token, secret, { complete: true })
  expect(header).toEqual({ alg: 'HS256', typ: 'JWT', kid: 'one' })
  const { iat = 0, exp = 0, ...claims } = payload as jwt.JwtPayload
  expect(exp - iat).toBeCloseTo(60)
  expect(Math.abs(iat - Date.now() / 1_000)).toBeLessThan(5)
  const { user_id: sub, workspace_id, picture, rooms } = user
  expect(claims).toEqual({ sub, workspace_id, picture, rooms, iss: 'https://id.example', aud: 'chat' })
  const plain = jwt.verify(await signUserToken({ user_id: 'ann' }, { secret }), secret) as jwt.JwtPayload
  expect(Object.keys(plain).sort()).toEqual(['exp', 'iat', 'sub'])
  expect((plain.exp ?? 0) - (plain.iat ?? 0)).toBeCloseTo(3_600)
})

it('[TO9] refuses a short secret and the id of a guest', async () => {
  await expect(signUserToken({ user_id: 'ann' }, { secret: 'short' })).rejects.toThrow(
    /at least 32 bytes, got 5/,
  )
  for (const user_id of ['', 'guest:1', 'erased:1'])
    await expect(signUserToken({ user_id }, { secret })).rejects.toThrow(TypeError)
})

it('[TO9] needs nothing but jose', () => {
  const imports = ['index.ts', 'sign-user-token.ts', 'reserved-ids.ts'].flatMap((file) => {
    const source = readFileSync(new URL(`../src/tokens/${file}`, import.meta.url), 'utf8')
    return [...source.matchAll(/ from '([^']+)'/g)].map(([, name]) => name)
  })
  expect([...new Set(imports)].sort()).toEqual(['./reserved-ids.ts', './sign-user-token.ts', 'jose'])
})
