import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Message, Page, Position } from '@dowellchat/protocol'
import { describe, expect, it, vi } from 'vitest'
import { backup } from '../src/executable/commands/backup.ts'
import { check } from '../src/executable/commands/check.ts'
import { restore } from '../src/executable/commands/restore.ts'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { loadSqlite } from '../src/stores/embedded/sqlite.ts'
import {
  draft,
  newLineManager,
  newTicket,
  readPage,
  room as roomKey,
} from '../src/testing/store-cases/making.ts'
import { seen } from '../src/testing/store-cases/users.ts'
import type { TestSocket } from '../src/testing/test-socket.ts'
import { expectProblem } from './support/refusal.ts'
import { shop, startProcess, temporaryFolder } from './support/server-process.ts'
import { message, room } from './support/shop-floor.ts'
import { connectAs, readForwards } from './support/sockets.ts'

/** A data folder with so many messages. */
async function folderWith(count: number): Promise<string> {
  const folder = join(temporaryFolder(), 'data')
  await write(folder, count)
  return folder
}

async function write(path: string, count: number): Promise<void> {
  const store = await embeddedStore({ path })
  for (let at = 0; at < count; at++) await store.streams.append(roomKey('r'), [draft()])
  await store.close()
}

async function headOf(path: string): Promise<number> {
  const store = await embeddedStore({ path })
  const head = await store.streams.head(roomKey('r'))
  await store.close()
  return head
}

/** Runs a command quietly; answers what it printed. */
async function quietly(run: () => Promise<void>): Promise<string> {
  const printed = vi.spyOn(console, 'log').mockImplementation(() => {})
  try {
    await run()
    return printed.mock.calls.flat().join('\n')
  } finally {
    printed.mockRestore()
  }
}

function positionOf(page: Page): Position {
  return { epoch: page.epoch, seq: page.head.seq, id: page.head.id }
}

async function say(client: TestSocket, count: number): Promise<Message[]> {
  const said: Message[] = []
  for (let at = 0; at < count; at++) said.push(await client.request('message_event', message(`${at}`)))
  return said
}

describe('dowellchat-server restore', () => {
  it('[SD6] puts a backup in the place of what was there, and keeps that', async () => {
    const DATA_DIR = await folderWith(3)
    const copy = join(temporaryFolder(), 'copy.sqlite')
    await quietly(() => backup([copy], { DATA_DIR }))
    await write(DATA_DIR, 4)
    const said = await quietly(() => restore([copy], { DATA_DIR }))
    expect(await headOf(DATA_DIR)).toBe(3)
    const [aside = ''] = readdirSync(DATA_DIR).filter((name) => name.startsWith('replaced-'))
    expect(said).toContain(join(DATA_DIR, aside))
    expect(await headOf(join(DATA_DIR, aside))).toBe(7)
    expect(readdirSync(DATA_DIR).filter((name) => name.startsWith('.'))).toEqual([])
  })

  it('[SD6] makes a data folder of a backup, also where the database is cut to nothing', async () => {
    const DATA_DIR = await folderWith(2)
    const copy = join(temporaryFolder(), 'copy.sqlite')
    await quietly(() => backup([copy], { DATA_DIR }))
    writeFileSync(join(DATA_DIR, 'chat.sqlite'), '')
    await expect(embeddedStore({ path: DATA_DIR })).rejects.toThrow(/is empty, though.*restore/)
    await quietly(() => restore([copy], { DATA_DIR }))
    expect(await headOf(DATA_DIR)).toBe(2)
    const elsewhere = join(temporaryFolder(), 'new', 'data')
    await quietly(() => restore([copy], { DATA_DIR: elsewhere }))
    expect(await headOf(elsewhere)).toBe(2)
  })

  it('[SD6] refuses a running server, a file of others, a damaged one and a missing one, and changes nothing', async () => {
    const DATA_DIR = await folderWith(2)
    const copy = join(temporaryFolder(), 'copy.sqlite')
    await quietly(() => backup([copy], { DATA_DIR }))
    const running = await embeddedStore({ path: DATA_DIR })
    await expectProblem(restore([copy], { DATA_DIR }), /is in use by another server/)
    await running.close()
    const foreign = join(temporaryFolder(), 'songs.sqlite')
    const db = (await loadSqlite())(foreign)
    db.exec('CREATE TABLE songs (title TEXT)')
    db.close()
    await expectProblem(restore([foreign], { DATA_DIR }), /belongs to another application/)
    const bytes = readFileSync(copy)
    bytes.fill(0x5a, 8_192, 16_384)
    const damaged = join(temporaryFolder(), 'damaged.sqlite')
    writeFileSync(damaged, bytes)
    await expectProblem(restore([damaged], { DATA_DIR }), /damaged|malformed/)
    await expectProblem(restore([join(temporaryFolder(), 'none')], { DATA_DIR }), /does not exist/)
    await expectProblem(restore([], { DATA_DIR }), /needs the file of one backup/)
    expect(await headOf(DATA_DIR)).toBe(2)
    expect(readdirSync(DATA_DIR).filter((name) => /^(\.|replaced-)/.test(name))).toEqual([])
  })

  it('[SD6] a backup says that what it has written is damaged, and is restored only as such', async () => {
    const DATA_DIR = await folderWith(2)
    const store = await embeddedStore({ path: DATA_DIR })
    await store.tickets.create(newTicket())
    await store.close()
    const file = join(DATA_DIR, 'chat.sqlite')
    const db = (await loadSqlite())(file)
    db.exec(`UPDATE tickets SET target = '{"due_at":"2026-01-01T00:00:00.000Z"}'`)
    db.close()
    const bytes = readFileSync(file)
    bytes.write('z', bytes.indexOf('{"due_at"'))
    writeFileSync(file, bytes)
    const copy = join(temporaryFolder(), 'copy.sqlite')
    const damaged = /copy\.sqlite is written, but it is damaged as its source is: .*keep an older backup/
    await expectProblem(backup([copy], { DATA_DIR }), damaged)
    const elsewhere = join(temporaryFolder(), 'data')
    await expectProblem(restore([copy], { DATA_DIR: elsewhere }), /is damaged: .*; restore an older backup/)
    await quietly(() => restore([copy, '--damaged'], { DATA_DIR: elsewhere }))
    expect(await headOf(elsewhere)).toBe(2)
  })

  it('[SD6] says of a damaged backup that it has restored that no server starts on it, where it is so', async () => {
    const DATA_DIR = await folderWith(2)
    const file = join(DATA_DIR, 'chat.sqlite')
    const db = (await loadSqlite())(file)
    db.exec("UPDATE entries SET author = '' WHERE seq = 2; PRAGMA wal_checkpoint(TRUNCATE)")
    const { id } = db.prepare<{ id: string }>('SELECT id FROM entries WHERE seq = 2').get() ?? { id: '' }
    db.close()
    const bytes = readFileSync(file)
    // In the row's header, an empty text: made none.
    bytes[bytes.lastIndexOf(13, bytes.indexOf(id))] = 0
    writeFileSync(file, bytes)
    const elsewhere = join(temporaryFolder(), 'data')
    const said = await quietly(() => restore([file, '--damaged'], { DATA_DIR: elsewhere }))
    expect(said).toMatch(/^Restored .*\. No server starts on it: .*NULL value in entries\.author/)
    expect(said).not.toContain('Start the server')
    expect(process.exitCode).toBe(1)
    process.exitCode = 0
    await expect(embeddedStore({ path: elsewhere })).rejects.toThrow(/NULL value in entries\.author/)
  })

  it('[SD6] says which file it is where a page cannot be copied, and leaves nothing behind', async () => {
    const DATA_DIR = await folderWith(200)
    const copy = join(temporaryFolder(), 'copy.sqlite')
    await quietly(() => backup([copy], { DATA_DIR }))
    const elsewhere = temporaryFolder()
    for (const file of [copy, join(DATA_DIR, 'chat.sqlite')]) {
      const bytes = readFileSync(file)
      const page = Math.floor(bytes.lastIndexOf('"message_data"') / 4_096)
      bytes.fill(0x5a, page * 4_096, (page + 1) * 4_096)
      writeFileSync(file, bytes)
    }
    const target = join(elsewhere, 'second.sqlite')
    await expectProblem(backup([target], { DATA_DIR }), /^\S*chat\.sqlite is damaged: .*whole data folder/)
    await expectProblem(restore([copy], { DATA_DIR }), /^\S*copy\.sqlite is damaged: .*older backup/)
    expect(readdirSync(elsewhere)).toEqual([])
  })

  it('[SD6] puts a backup in the place of a database that a server was killed on while its clock was ahead', async () => {
    const running = await folderWith(2)
    const store = await embeddedStore({ path: running })
    await store.streams.append(roomKey('r'), [draft()])
    const DATA_DIR = join(temporaryFolder(), 'data')
    cpSync(running, DATA_DIR, { recursive: true })
    await store.close()
    const copy = join(temporaryFolder(), 'copy.sqlite')
    await quietly(() => backup([copy], { DATA_DIR: running }))
    const ahead = new Date(Date.now() + 3_600_000)
    utimesSync(join(DATA_DIR, 'written'), ahead, ahead)
    await quietly(() => restore([copy], { DATA_DIR }))
    expect(await headOf(DATA_DIR)).toBe(3)
  })

  it('[SD6] leaves the time of the last use, by which a server knows a leap of its clock', async () => {
    const DATA_DIR = await folderWith(2)
    const copy = join(temporaryFolder(), 'copy.sqlite')
    await quietly(() => backup([copy], { DATA_DIR }))
    const used = new Date('2026-01-01T00:00:00.000Z')
    utimesSync(join(DATA_DIR, 'written'), used, used)
    await quietly(() => restore([copy], { DATA_DIR }))
    const next = await embeddedStore({ path: DATA_DIR })
    expect(next.usedUntil).toBe(used.getTime())
    await next.close()
  })

  it('[SD4, SD6] takes a backup that lies in a folder whose database is lost', async () => {
    const DATA_DIR = await folderWith(2)
    const copy = join(DATA_DIR, 'nightly-2026-01-31.sqlite')
    await quietly(() => backup([copy], { DATA_DIR }))
    rmSync(join(DATA_DIR, 'chat.sqlite'))
    await expect(embeddedStore({ path: DATA_DIR })).rejects.toThrow(/is missing, though.*restore/)
    await quietly(() => restore([copy], { DATA_DIR }))
    expect(await headOf(DATA_DIR)).toBe(2)
  })

  it('[SD6, SD7] keeps the pepper that it replaces, also where no database is there', async () => {
    const DATA_DIR = await folderWith(1)
    writeFileSync(join(DATA_DIR, 'pepper'), 'the pepper of the backup')
    const copy = join(temporaryFolder(), 'copy.sqlite')
    await quietly(() => backup([copy, '--with-secrets'], { DATA_DIR }))
    for (const name of ['chat.sqlite', 'chat.sqlite-wal', 'chat.sqlite-shm'])
      rmSync(join(DATA_DIR, name), { force: true })
    writeFileSync(join(DATA_DIR, 'pepper'), 'another pepper')
    await quietly(() => restore([copy], { DATA_DIR }))
    expect(readFileSync(join(DATA_DIR, 'pepper'), 'utf8')).toBe('the pepper of the backup')
    const [aside = ''] = readdirSync(DATA_DIR).filter((name) => name.startsWith('replaced-'))
    expect(readFileSync(join(DATA_DIR, aside, 'pepper'), 'utf8')).toBe('another pepper')
  })

  it('[SD7] puts the pepper back that the backup has taken along, for nobody else to read', async () => {
    const DATA_DIR = await folderWith(1)
    writeFileSync(join(DATA_DIR, 'pepper'), 'the pepper of the first server')
    const copy = join(temporaryFolder(), 'copy.sqlite')
    await quietly(() => backup([copy], { DATA_DIR }))
    expect(existsSync(`${copy}.pepper`)).toBe(false)
    const secret = join(temporaryFolder(), 'secret.sqlite')
    const said = await quietly(() => backup([secret, '--with-secrets'], { DATA_DIR }))
    expect(said).toContain(`${secret}.pepper`)
    expect(said).not.toContain('the pepper of')
    expect(statSync(`${secret}.pepper`).mode & 0o777).toBe(0o600)
    const elsewhere = join(temporaryFolder(), 'data')
    await quietly(() => restore([secret], { DATA_DIR: elsewhere }))
    expect(readFileSync(join(elsewhere, 'pepper'), 'utf8')).toBe('the pepper of the first server')
    expect(statSync(join(elsewhere, 'pepper')).mode & 0o777).toBe(0o600)
    const none = await folderWith(1)
    const file = join(temporaryFolder(), 'c.sqlite')
    await expectProblem(backup([file, '--with-secrets'], { DATA_DIR: none }), /pepper does not exist/)
    expect(existsSync(file)).toBe(false)
  })

  it('[SD8] leads to one reset for each client that has seen more, and to none for the others', async () => {
    const DATA_DIR = temporaryFolder()
    const server = await startProcess({ env: shop(DATA_DIR) })
    const ann = await connectAs(server.url, 'ann')
    await say(ann, 5)
    const early = positionOf(await ann.request('join', { room }))
    const copy = join(temporaryFolder(), 'copy.sqlite')
    await quietly(() => backup([copy], { DATA_DIR }))
    await say(ann, 5)
    const late = positionOf(await ann.request('join', { room }))
    await server.stop('SIGTERM')
    await quietly(() => restore([copy], { DATA_DIR }))

    const again = await startProcess({ env: shop(DATA_DIR) })
    const ben = await connectAs(again.url, 'ben')
    expect(await ben.request('join', { room, position: early })).not.toHaveProperty('reset')
    const reset = await ben.request('join', { room, position: late })
    expect(reset).toMatchObject({ reset: { reason: 'ahead' } })
    await say(ben, 8)
    const next = await ben.request('join', { room, position: positionOf(reset) })
    expect(next).not.toHaveProperty('reset')
    expect(next.entries).toHaveLength(8)
    expect(await readForwards(ben, room)).toHaveLength(13)
  })
})

describe('dowellchat-server check', () => {
  it('[SD5] reads everything, says what is damaged and where, never a text, and ends with 1', async () => {
    const DATA_DIR = await folderWith(5)
    expect(await quietly(() => check([], { DATA_DIR }))).toContain('Everything can be read')
    expect(process.exitCode ?? 0).toBe(0)
    const db = (await loadSqlite())(join(DATA_DIR, 'chat.sqlite'))
    db.exec(`UPDATE entries SET text = '{"secret' WHERE seq = 2`)
    db.exec('DELETE FROM entries WHERE seq = 4')
    db.close()
    const said = await quietly(() => check([], { DATA_DIR }))
    expect(said).toContain('acme entries room:r 2: its text is no JSON')
    expect(said).toContain('acme entries room:r 5: 1 entry before it is missing')
    expect(said).toContain('problems: restore a backup')
    expect(said).not.toContain('secret')
    expect(process.exitCode).toBe(1)
    process.exitCode = 0
  })

  it('[SD5] reads on behind counts that are wrong, and rows that cannot be read as what they are', async () => {
    const DATA_DIR = await folderWith(9)
    const store = await embeddedStore({ path: DATA_DIR })
    await store.users.see('acme', [seen('ann')])
    await store.lineManagers.create(newLineManager('mia'))
    await store.close()
    const db = (await loadSqlite())(join(DATA_DIR, 'chat.sqlite'))
    db.exec(`UPDATE entries SET text = '{"secret' WHERE seq = 2; DELETE FROM entries WHERE seq = 4`)
    db.exec("UPDATE line_managers SET ticket_count = 5; UPDATE users SET name = x'00'")
    db.exec("UPDATE entries SET cid = x'00' WHERE seq = 7")
    db.close()
    const said = await quietly(() => check([], { DATA_DIR }))
    process.exitCode = 0
    expect(said.split('\n').map((line) => line.replace(/users acme \S+:/, 'users acme ID:'))).toEqual([
      'users acme ID: its column name is damaged',
      'entries 1 7: its column cid is damaged',
      '1 line managers whose ticket_count is wrong',
      'acme entries room:r 2: its text is no JSON',
      'acme entries room:r 5: 1 entry before it is missing',
      expect.stringMatching(/^5 problems: restore a backup/),
      'All names and ids are normal',
    ])
  })

  it('[SD5] misses nothing of a room that was pruned and whose stream’s row is damaged', async () => {
    const DATA_DIR = await folderWith(3)
    const store = await embeddedStore({ path: DATA_DIR })
    await store.streams.prune('acme', '9999', null)
    await store.close()
    await write(DATA_DIR, 3)
    const db = (await loadSqlite())(join(DATA_DIR, 'chat.sqlite'))
    db.exec("UPDATE streams SET epoch = x'00'; DELETE FROM entries WHERE seq = 5")
    db.close()
    const said = await quietly(() => check([], { DATA_DIR }))
    process.exitCode = 0
    expect(said.split('\n')).toEqual([
      'streams acme room:r: its column epoch is damaged',
      'acme entries room:r 6: 1 entry before it is missing',
      expect.stringMatching(/^2 problems/),
      'All names and ids are normal',
    ])
  })

  it('[SD5] lists rows of which nobody knows the workspace', async () => {
    const DATA_DIR = await folderWith(1)
    const store = await embeddedStore({ path: DATA_DIR })
    await store.lineManagers.create(newLineManager('mia'))
    await store.close()
    const db = (await loadSqlite())(join(DATA_DIR, 'chat.sqlite'))
    db.exec("UPDATE streams SET workspace_id = x'00'; UPDATE line_managers SET workspace_id = x'00'")
    db.close()
    const said = await quietly(() => check([], { DATA_DIR }))
    expect(said).toContain('streams room:r: its column workspace_id is damaged')
    expect(said).toMatch(/^line_managers \S+: its column workspace_id is damaged$/m)
    expect(process.exitCode).toBe(1)
    process.exitCode = 0
  })

  it('[NC2, SD5] renames a room in which a text is damaged, and leaves that as it is', async () => {
    const DATA_DIR = await folderWith(1)
    const store = await embeddedStore({ path: DATA_DIR })
    for (const _ of [1, 2]) await store.streams.append(roomKey('caf\u0065\u0301'), [draft()])
    await store.close()
    const file = join(DATA_DIR, 'chat.sqlite')
    const db = (await loadSqlite())(file)
    db.exec(`UPDATE entries SET text = '{"secret' WHERE seq = 1 AND stream_n = 2`)
    db.close()
    const said = await quietly(() => check(['--rename'], { DATA_DIR }))
    process.exitCode = 0
    expect(said).toContain('Renamed 1')
    const again = await embeddedStore({ path: DATA_DIR })
    const page = await readPage(again, roomKey('caf\u00e9'), { newest: 2 })
    expect(page.entries).toMatchObject([{ reason: 'damaged' }, { seq: 2, stream: 'room:caf\u00e9' }])
    await again.close()
  })
})
