import { expect, it } from 'vitest'
import { withStore } from '../src/testing/store-cases/store-case.ts'
import { fillWorkspace } from './support/filled-store.ts'
import { openerOf } from './support/moved-store.ts'
import { ServerProcess, temporaryFolder } from './support/server-process.ts'

const preload = new URL('support/no-mongodb.mjs', import.meta.url).href
const url = 'mongodb://127.0.0.1:1/chat'

it.each([
  ['MI15', 'migrate to MongoDB', (folder: string) => ['migrate', '--from', folder, '--to', url]],
  ['MI15', 'migrate from MongoDB', (folder: string) => ['migrate', '--from', url, '--to', folder]],
  ['NC6', 'check', () => ['check']],
  ['VE4', 'verify', () => ['verify', '--store', url]],
])('[%s] says how to install the package mongodb, in one line: %s', async (_rule, _what, args) => {
  const folder = temporaryFolder()
  await withStore(openerOf(folder), (store) => fillWorkspace(store, 'acme', { messages: 1, tickets: 1 }))
  const command = new ServerProcess({ args: args(folder), env: { MONGODB_URI: url }, preload })
  expect(await command.exited()).toBe(1)
  expect(command.problems).toEqual([
    expect.stringMatching(
      /^dowellchat-server: .*the package mongodb is not installed: npm install mongodb@7/,
    ),
  ])
})
