import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { mongoStore } from '../src/stores/mongo/index.ts'
import { draft, room } from '../src/testing/store-cases/making.ts'
import { type MongoServer, mongoKinds, newDatabaseUrl, noMongo } from './support/mongo.ts'
import { expectProblem } from './support/refusal.ts'
import { runCommand } from './support/run-command.ts'
import { temporaryFolder } from './support/server-process.ts'

const KEY_PEPPER = 'a pepper of the tests'

/** Every command of an operator but the one that makes the first key. */
const lookers = [
  'erase bob',
  'export bob',
  'revoke bob',
  'audit',
  'keys list',
  'keys revoke k',
  'keys rotate k',
  'webhooks failures w',
]

/** A data folder with a message of the workspace acme, whose register no server has written. */
async function usedFolder(): Promise<string> {
  const folder = temporaryFolder()
  const store = await embeddedStore({ path: folder })
  await store.streams.append(room('r'), [draft()])
  await store.close()
  return folder
}

describe('a command for operators, without a server', () => {
  it.each(lookers)('[OP3] %s refuses a data folder that is not there, and makes none', async (line) => {
    const folder = join(temporaryFolder(), 'typo')
    const environment = { DATA_DIR: folder, KEY_PEPPER }
    await expectProblem(
      runCommand(`${line} --workspace acme`, environment),
      /typo\/chat\.sqlite does not exist/,
    )
    expect(existsSync(folder)).toBe(false)
  })

  it.each(lookers)('[OP3] %s refuses a workspace that the store does not have', async (line) => {
    const environment = { DATA_DIR: await usedFolder(), KEY_PEPPER }
    await expectProblem(
      runCommand(`${line} --workspace acmee`, environment),
      /no workspace acmee in .*--workspace/,
    )
  })

  it('[OP3] works for a workspace that has rows, and keys create for a new one too', async () => {
    const environment = { DATA_DIR: await usedFolder(), KEY_PEPPER }
    expect(await runCommand('export ann --workspace acme', environment)).toContain('"collection":"entries"')
    const made = await runCommand('keys create --name first --workspace shop', environment)
    expect(made).toContain('"secret":"dck_')
    expect(await runCommand('keys list --workspace shop', environment)).toContain('"name":"first"')
  })

  it('[OP3] refuses an option without a value, such as that of a variable that is not set', async () => {
    const folder = join(temporaryFolder(), 'data')
    const environment = { DATA_DIR: folder, KEY_PEPPER, WORKSPACES: 'acme' }
    await expectProblem(runCommand("erase bob --workspace ''", environment), /--workspace is empty/)
    await expectProblem(runCommand("erase bob --url ''", environment), /--url is empty/)
    await expectProblem(runCommand("keys rotate k --grace-ms ''", environment), /--grace-ms is empty/)
    await expectProblem(
      runCommand("webhooks replay w --stream room:r --seq ''", environment),
      /--seq is empty/,
    )
    expect(existsSync(folder)).toBe(false)
  })
})

describe.skipIf(noMongo)(`a command for operators on MongoDB${noMongo ? `: ${noMongo}` : ''}`, () => {
  let server: MongoServer
  beforeAll(async () => {
    server = (await mongoKinds[0]?.start()) as MongoServer
  })
  afterAll(() => server.stop())

  it('[OP3] refuses a database that no server has used, and makes nothing in it', async () => {
    const url = newDatabaseUrl(server)
    const environment = { MONGODB_URI: url, KEY_PEPPER }
    for (const line of lookers)
      await expectProblem(
        runCommand(`${line} --workspace acme`, environment),
        /no server has used the database/,
      )
    const client = await new MongoClient(url).connect()
    expect(await client.db().listCollections().toArray()).toEqual([])
    await client.close()
  })

  it('[OP3] refuses a workspace that the database does not have, and works for one that it has', async () => {
    const url = newDatabaseUrl(server)
    const store = await mongoStore({ url })
    await store.streams.append(room('r'), [draft()])
    await store.close()
    const environment = { MONGODB_URI: url, KEY_PEPPER }
    await expectProblem(runCommand('erase bob --workspace acmee', environment), /no workspace acmee/)
    expect(await runCommand('export ann --workspace acme', environment)).toContain('"collection":"entries"')
  })
})
