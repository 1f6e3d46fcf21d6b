import { parseArgs } from 'node:util'
import { StartError } from '../../errors.ts'
import { BackupError } from '../../stores/embedded/backup.ts'
import { restoreBackup } from '../../stores/embedded/restore.ts'
import { dataDirOf } from './data-dir.ts'

export const usage = `DATA_DIR=<folder> dowellchat-server restore <file> [--damaged]

  Puts a backup into the data folder, and the pepper that lies beside it. Stop the server first. What was in the folder is
  kept in a folder of its own inside. Clients that have seen more than the backup has load their conversations again. A
  damaged backup is refused; with --damaged it is restored as far as it can be copied. Where no server starts on that, it says
  so, and exits with 1.
`

/** `dowellchat-server restore FILE`: puts a backup in the place of a data folder's database. */
export async function restore(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const { file, isDamaged } = optionsOf(args)
  if (environment.MONGODB_URI) throw new StartError('MONGODB_URI is set: restore MongoDB with mongorestore')
  const dataDir = dataDirOf(environment)
  const { replaced, hasPepper, problem } = await restored(file, dataDir, isDamaged)
  if (problem !== undefined) process.exitCode = 1
  const next = problem === undefined ? 'Start the server on it.' : `No server starts on it: ${problem}`
  console.log(`Restored ${file} into ${dataDir}. ${next}`)
  console.log(
    replaced === undefined ? 'Nothing was there before.' : `What was there before is in ${replaced}`,
  )
  console.log(
    hasPepper ? 'The pepper is restored too.' : `There is no ${file}.pepper: the pepper stays as it is.`,
  )
}

async function restored(file: string, dataDir: string, isDamaged: boolean): ReturnType<typeof restoreBackup> {
  try {
    return await restoreBackup(file, dataDir, { isDamaged })
  } catch (error) {
    throw error instanceof BackupError ? new StartError(error.message, { cause: error }) : error
  }
}

function optionsOf(args: readonly string[]): { readonly file: string; readonly isDamaged: boolean } {
  try {
    const options = { damaged: { type: 'boolean' } } as const
    const { positionals, values } = parseArgs({ args: [...args], allowPositionals: true, options })
    const [file, ...others] = positionals
    if (file !== undefined && others.length === 0) return { file, isDamaged: values.damaged ?? false }
  } catch (cause) {
    throw new StartError(`${(cause as Error).message}\n\n  ${usage}`, { cause })
  }
  throw new StartError(`restore needs the file of one backup\n\n  ${usage}`)
}
