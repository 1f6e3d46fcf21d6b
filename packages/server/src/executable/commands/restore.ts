import { parseArgs } from 'node:util'
import { StartError } from '../../errors.ts'
import { BackupError } from '../../stores/embedded/backup.ts'
import { restoreBackup } from '../../stores/embedded/restore.ts'
import { dataDirOf } from './data-dir.ts'

const usage = `DATA_DIR=<folder> dowellchat-server restore <file>

  Puts a backup into the data folder, and the pepper that lies beside it. Stop the server first. What was in the folder is
  kept in a folder of its own inside. Clients that have seen more than the backup has load their conversations again.
`

/** `dowellchat-server restore FILE`: puts a backup in the place of a data folder's database. */
export async function restore(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const file = fileOf(args)
  if (environment.MONGODB_URI) throw new StartError('MONGODB_URI is set: restore MongoDB with mongorestore')
  const dataDir = dataDirOf(environment)
  const { replaced, hasPepper } = await restored(file, dataDir)
  console.log(`Restored ${file} into ${dataDir}. Start the server on it.`)
  console.log(
    replaced === undefined ? 'Nothing was there before.' : `What was there before is in ${replaced}`,
  )
  console.log(
    hasPepper ? 'The pepper is restored too.' : `There is no ${file}.pepper: the pepper stays as it is.`,
  )
}

async function restored(file: string, dataDir: string): ReturnType<typeof restoreBackup> {
  try {
    return await restoreBackup(file, dataDir)
  } catch (error) {
    throw error instanceof BackupError ? new StartError(error.message, { cause: error }) : error
  }
}

function fileOf(args: readonly string[]): string {
  try {
    const { positionals } = parseArgs({ args: [...args], allowPositionals: true })
    const [file, ...others] = positionals
    if (file !== undefined && others.length === 0) return file
  } catch (cause) {
    throw new StartError(`${(cause as Error).message}\n\n  ${usage}`, { cause })
  }
  throw new StartError(`restore needs the file of one backup\n\n  ${usage}`)
}
