import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MongoServer, mongoKinds, newDatabase, noMongo } from './support/mongo.ts'
import { startMongoProxy } from './support/mongo-proxy.ts'
import { ServerProcess, temporaryFolder } from './support/server-process.ts'

const exitsWithinMs = 100_000

function verify(...args: readonly string[]): ServerProcess {
  return new ServerProcess({ args: ['verify', ...args] })
}

/** Runs the command to its end. */
async function run(...args: readonly string[]) {
  const command = verify(...args)
  const exitCode = await command.exited(exitsWithinMs)
  return { exitCode, stdout: command.stdout, stderr: command.stderr }
}

const summary = (stdout: string) => stdout.trimEnd().split('\n').at(-1)

describe('dowellchat-server verify on a folder', () => {
  it('[VE1] runs the cases that fit a folder, in a folder of its own, which it removes', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'mine.txt'), 'mine')
    const { exitCode, stdout, stderr } = await run(
      '--store',
      folder,
      '--only',
      'is killed',
      '--seconds',
      '0.2',
    )
    expect(stderr).toBe('')
    // The case that starts this program again, and kills it.
    expect(stdout).toMatch(/^passed +\d+\.\d\d s {2}\[S22\] has everything that was acknowledged/m)
    expect(stdout).toMatch(/^Durable appends: \d+ a second/m)
    expect(stdout).toMatch(/^\d+ cases are left out/m)
    expect(summary(stdout)).toBe('1 passed, 0 failed')
    expect(exitCode).toBe(0)
    expect(readdirSync(folder)).toEqual(['mine.txt'])
  })

  it('[VE4] says what it needs, where it is asked for something else', async () => {
    const missing = join(temporaryFolder(), 'missing')
    const found = await Promise.all([
      run(),
      run('--store', missing),
      run('--store', '.', '--only', 'no such words'),
      run('--store', '.', '--seconds', 'many'),
      run('--store', 'mongodb://ann:canary-4f0c2a@127.0.0.1:1/?serverSelectionTimeoutMS=200'),
    ])
    expect(found.map(({ exitCode }) => exitCode)).toEqual([1, 1, 1, 1, 1])
    expect(found[0]?.stderr).toContain('verify needs --store')
    expect(found[1]?.stderr).toContain('there is no such folder')
    expect(found[2]?.stderr).toContain('no case has the words no such words')
    expect(found[3]?.stderr).toContain('--seconds')
    expect(found[4]?.stderr).toContain('does not answer')
    expect(JSON.stringify(found)).not.toContain('canary-4f0c2a')
  })
})

describe.skipIf(noMongo)(
  `dowellchat-server verify${noMongo ? `, which needs MongoDB: ${noMongo}` : ''}`,
  () => {
    describe.each(mongoKinds)('on $kind', ({ isReplicated, start }) => {
      let server: MongoServer
      let client: MongoClient
      beforeAll(async () => {
        server = await start()
        client = await new MongoClient(server.url).connect()
      })
      afterAll(async () => {
        await client.close()
        await server.stop()
      })

      async function databases(): Promise<string[]> {
        const { databases } = await client.db().admin().listDatabases({ nameOnly: true })
        return databases.map(({ name }) => name).toSorted()
      }

      it('[VE1] runs the cases in a database of its own, says what it found, and removes it', async () => {
        const mine = client.db(newDatabase()).collection('streams')
        await mine.insertOne({ stream: 'mine' })
        const before = await databases()
        const only = isReplicated ? 'once, whichever connections' : 'knows who has used'
        const { exitCode, stdout, stderr } = await run(
          '--store',
          server.url,
          '--only',
          only,
          '--seconds',
          '0.2',
        )
        expect(stderr).toBe('')
        expect(stdout).toMatch(isReplicated ? /a replica set \(\w+\) with 1 member/ : /a server alone/)
        expect(stdout).toMatch(/^Round trip: \d+\.\d ms/m)
        expect(stdout).toMatch(/^Durable appends: \d+ a second/m)
        expect(stdout).toMatch(/^passed +\d+\.\d\d s {2}a write reaches a majority and its journals/m)
        expect(summary(stdout)).toMatch(/^\d+ passed, 0 failed$/)
        expect(exitCode).toBe(0)
        expect(await databases()).toEqual(before)
        expect(await mine.countDocuments()).toBe(1)
        await client.db(mine.dbName).dropDatabase()
      })

      // The rest is about majorities, or would be the same twice.
      if (!isReplicated) return

      it('[VE2] fails, and leaves nothing behind, where the server loses what it acknowledges', async () => {
        const before = await databases()
        const proxy = await startMongoProxy(server)
        proxy.set(({ name, document }) => {
          const isLost = name === 'insert' && document.insert === 'entries'
          return isLost ? { error: { ok: 1, n: document.documents.length } } : undefined
        })
        try {
          const url = `mongodb://127.0.0.1:${proxy.port}/?directConnection=true`
          const only = 'answers a repeated cid with its message'
          const { exitCode, stdout } = await run('--store', url, '--only', only, '--seconds', '0')
          expect(stdout).toMatch(/^failed +\d+\.\d\d s {2}\[S3\] answers a repeated cid with its message/m)
          expect(summary(stdout)).toBe('1 passed, 1 failed')
          expect(exitCode).toBe(1)
        } finally {
          proxy.close()
        }
        expect(await databases()).toEqual(before)
      })

      it('[VE2] fails where no majority takes a write, and says so', async () => {
        const proxy = await startMongoProxy(server)
        const writeConcernError = { code: 64, codeName: 'WriteConcernTimeout', errmsg: 'no majority' }
        proxy.set(({ name }) => (name === 'insert' ? { writeConcernError } : undefined))
        try {
          const url = `mongodb://127.0.0.1:${proxy.port}/?directConnection=true`
          const { exitCode, stdout } = await run(
            '--store',
            url,
            '--only',
            'knows who has used',
            '--seconds',
            '0.1',
          )
          expect(stdout).toMatch(
            /^failed +\d+\.\d\d s {2}a write reaches a majority and its journals\n +no majority/m,
          )
          expect(stdout).toMatch(/^Durable appends: cannot be measured/m)
          expect(exitCode).toBe(1)
        } finally {
          proxy.close()
        }
      })

      it('[VE3] removes its database when it is stopped', async () => {
        const before = await databases()
        const command = verify('--store', server.url, '--seconds', '0')
        await expect.poll(() => command.stdout, { timeout: 60_000 }).toMatch(/^passed.*\[S/m)
        expect(await databases()).not.toEqual(before)
        command.signal('SIGINT')
        expect(await command.exited(exitsWithinMs)).toBe(1)
        expect(summary(command.stdout)).toMatch(/ passed, 0 failed, stopped$/)
        expect(await databases()).toEqual(before)
      })
    })
  },
)
