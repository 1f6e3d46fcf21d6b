import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, it, vi } from 'vitest'
import { backup } from '../src/executable/commands/backup.ts'
import { restore } from '../src/executable/commands/restore.ts'
import { openDataFolder } from '../src/stores/embedded/data-folder.ts'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { loadSqlite } from '../src/stores/embedded/sqlite.ts'
import { expectProblem } from './support/refusal.ts'
import { ServerProcess, temporaryFolder } from './support/server-process.ts'

const preload = new URL('./support/killed-at-call.mjs', import.meta.url).href
const pepper = 'the pepper of the first server'

beforeEach(() => {
  const quiet = vi.spyOn(console, 'log').mockImplementation(() => {})
  return () => quiet.mockRestore()
})

/** A data folder as a server leaves it. */
async function usedFolder(): Promise<string> {
  const folder = temporaryFolder()
  openDataFolder(folder, await loadSqlite()).close()
  writeFileSync(join(folder, 'pepper'), pepper)
  return folder
}

/** Kills a command at its first call of a function. */
async function killed(call: string, DATA_DIR: string, args: readonly string[]): Promise<void> {
  const command = new ServerProcess({ preload, env: { DATA_DIR, KILLED_AT_CALL: call }, args })
  expect(await command.exited(), command.stderr).toBeNull()
}

function hidden(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.startsWith('.'))
}

it('[BU5] does not touch the pepper of an earlier backup whose copy was moved away', async () => {
  const DATA_DIR = await usedFolder()
  const file = join(temporaryFolder(), 'chat.bak')
  await backup([file, '--with-secrets'], { DATA_DIR })
  renameSync(file, `${file}.offsite`)
  await expectProblem(backup([file, '--with-secrets'], { DATA_DIR }), /chat\.bak\.pepper exists already/)
  expect(readFileSync(`${file}.pepper`, 'utf8')).toBe(pepper)
  expect(existsSync(file)).toBe(false)
})

it('[BU4] leaves nothing of backups that were killed beside the next one, and has its pepper or none', async () => {
  const DATA_DIR = await usedFolder()
  const folder = temporaryFolder()
  await killed('linkSync', DATA_DIR, ['backup', join(folder, 'monday'), '--with-secrets'])
  expect(hidden(folder)).not.toEqual([])
  await backup([join(folder, 'monday'), '--with-secrets'], { DATA_DIR })
  expect(readdirSync(folder).toSorted()).toEqual(['monday', 'monday.pepper'])
  await killed('linkSync', DATA_DIR, ['backup', join(folder, 'tuesday')])
  await backup([join(folder, 'wednesday')], { DATA_DIR })
  expect(readdirSync(folder).toSorted()).toEqual(['monday', 'monday.pepper', 'wednesday'])
})

it('[BU4] leaves the parts of a backup that still runs alone, and files of others', async () => {
  const DATA_DIR = await usedFolder()
  const folder = temporaryFolder()
  const names = [`.dowellchat-backup-${process.ppid}-0f`, '.dowellchat-backup-notes', '.monday.1']
  for (const name of names) writeFileSync(join(folder, name), '')
  await backup([join(folder, 'monday')], { DATA_DIR })
  expect(hidden(folder).toSorted()).toEqual(names.toSorted())
})

it('[SD6] leaves nothing of a restore that was killed behind the next one', async () => {
  const DATA_DIR = await usedFolder()
  const file = join(temporaryFolder(), 'copy')
  await backup([file, '--with-secrets'], { DATA_DIR })
  await killed('renameSync', DATA_DIR, ['restore', file])
  // What a version before this one has left.
  for (const name of ['.restoring.7', '.restoring.7-journal']) writeFileSync(join(DATA_DIR, name), '')
  expect(hidden(DATA_DIR).length).toBeGreaterThan(3)
  await restore([file], { DATA_DIR })
  expect(hidden(DATA_DIR)).toEqual([])
})

it.each([
  ['an empty file', async (file: string) => writeFileSync(file, '')],
  ['a database without tables', async (file: string) => makeEmptyDatabase(file)],
])('[SD6] refuses %s as a backup, and changes nothing', async (_what, make) => {
  const DATA_DIR = await usedFolder()
  const file = join(temporaryFolder(), 'cut-off.sqlite')
  await make(file)
  const before = readdirSync(DATA_DIR).toSorted()
  await expectProblem(restore([file], { DATA_DIR }), /cut-off\.sqlite is empty/)
  expect(readdirSync(DATA_DIR).toSorted()).toEqual(before)
  await expectProblem(restore([file], { DATA_DIR: join(DATA_DIR, 'new') }), /is empty/)
  for (const path of [DATA_DIR, join(DATA_DIR, 'new')]) await (await embeddedStore({ path })).close()
})

it('[SD6] restores a backup that is in the data folder itself, with its pepper, and leaves it there', async () => {
  const DATA_DIR = await usedFolder()
  const file = join(DATA_DIR, 'chat.sqlite.bak')
  await backup([file, '--with-secrets'], { DATA_DIR })
  writeFileSync(join(DATA_DIR, 'pepper'), 'the pepper of another server')
  await restore([file], { DATA_DIR })
  expect(readFileSync(join(DATA_DIR, 'pepper'), 'utf8')).toBe(pepper)
  expect(readdirSync(DATA_DIR)).toEqual(expect.arrayContaining(['chat.sqlite.bak', 'chat.sqlite.bak.pepper']))
})

async function makeEmptyDatabase(file: string): Promise<void> {
  const db = (await loadSqlite())(file)
  db.exec('CREATE TABLE t (a); DROP TABLE t')
  db.close()
}
