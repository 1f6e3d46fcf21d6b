import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import type { Logger } from '../src/logger.ts'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { embeddedPortable } from '../src/stores/embedded/portable/index.ts'
import { mongoStore } from '../src/stores/mongo/index.ts'
import { mongoPortable } from '../src/stores/mongo/portable/index.ts'
import { collections, type Portable } from '../src/stores/portable.ts'
import type { Store } from '../src/stores/store.ts'
import { openChat } from '../src/testing/connect.ts'
import { type Credential, useCredentials } from './support/credential-journey.ts'
import { secret } from './support/foreign-tokens.ts'
import { keyPepper } from './support/stored-keys.ts'
import { describeTwoServers } from './support/two-servers.ts'

/** Plays the journey on a store, and looks for each credential in everything that is left of it. */
async function expectSecret(store: Store, openRows: () => Promise<Portable>): Promise<void> {
  const log: string[] = []
  const keep = (...line: unknown[]) => void log.push(inspect(line, { depth: 20, maxStringLength: null }))
  const logger: Logger = { info: keep, warn: keep, error: keep, debug: keep }
  const chat = await openChat(onTestFinished, { store, logger, keyPepper, tokens: { secrets: [secret] } })
  const { credentials, http } = await useCredentials(chat, store)
  await chat.close()

  const heard = chat.sockets.map((socket) => ({
    socket,
    text: JSON.stringify([socket.frames, socket.answers]),
  }))
  for (const { what, secret, holder } of credentials) {
    const part = secretPartOf(secret)
    const told = heard.filter(({ text }) => text.includes(part))
    const wrong = told.filter(({ socket, text }) => !holder.includes(socket) || text.split(part).length > 2)
    expect([what, wrong, told.length > 0]).toEqual([what, [], holder.length > 0])
  }
  const rows = await everyRow(await openRows())
  expect(log.length).toBeGreaterThan(500)
  expect(found(credentials, log), 'log').toEqual([])
  expect(found(credentials, http), 'http').toEqual([])
  expect(found(credentials, rows), 'rows').toEqual([])
}

/** What only the holder knows: of a token its signature, of a key what follows its prefix. */
function secretPartOf(secret: string): string {
  return secret.startsWith('dck_') ? secret.slice(10) : (secret.split('.').at(-1) ?? secret)
}

function found(credentials: readonly Credential[], texts: readonly string[]): string[] {
  return credentials.flatMap(({ what, secret }) => {
    const text = texts.find((one) => one.includes(secretPartOf(secret)))
    return text === undefined ? [] : [`${what}: ${text.slice(0, 300)}`]
  })
}

async function everyRow(portable: Portable): Promise<string[]> {
  const texts: string[] = []
  for (const workspace of await portable.workspaces())
    for (const collection of collections)
      for await (const rows of portable.read(workspace, collection, null))
        texts.push(...rows.map((row) => JSON.stringify(row)))
  await portable.close()
  for (const act of ['create_key', 'rotate_key', 'handshake']) expect(texts.join('\n')).toContain(act)
  return texts
}

it('[KE8] shows no credential to anybody but its holder: not in a frame, an error, a log line, a row or a file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const store = await embeddedStore({ path: folder })
  await expectSecret(store, () => embeddedPortable(folder, { mustExist: true }))
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'))
  expect(files.join('')).toContain('create_key')
  expect(files.filter((text) => /dck_[\w-]{32}|eyJ[\w-]+\.eyJ/.test(text))).toEqual([])
})

describeTwoServers('on MongoDB', ({ newUrl }) => {
  it('[KE8] shows no credential to anybody but its holder either', async () => {
    const url = newUrl()
    const store = await mongoStore({ url, deadlineMs: 20_000 })
    await expectSecret(store, () => mongoPortable({ url }))
  })
})
