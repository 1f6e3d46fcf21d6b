import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder for a server's files, which goes with the test. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dowellchat-client-files-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** The sizes of what users have uploaded to a folder, of what is not there as a whole too. */
export async function sizesIn(folder: string): Promise<number[]> {
  const names = await readdir(folder, { recursive: true })
  const found = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => undefined)))
  return found.flatMap((one, at) => (one?.isFile() && !names[at]?.startsWith('.secret') ? one.size : []))
}
