import { statSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { StartError } from '../../errors.ts'
import { BackupError, backUp } from '../../stores/embedded/backup.ts'
import { dataDirOf } from './data-dir.ts'

const usage = 'DATA_DIR=<folder> dowellchat-server backup <file>'

/** `dowellchat-server backup FILE`: copies the data folder's database, also while a server runs on it. */
export async function backup(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const file = fileOf(args)
  if (environment.MONGODB_URI) throw new StartError('MONGODB_URI is set: back MongoDB up with mongodump')
  try {
    await backUp(dataDirOf(environment), file)
  } catch (error) {
    throw error instanceof BackupError ? new StartError(error.message, { cause: error }) : error
  }
  console.log(
    `Wrote ${file} (${statSync(file).size} bytes). To restore it, put it as chat.sqlite into an empty folder and set DATA_DIR to that folder.`,
  )
  console.log(
    'The pepper is not in it. A server without one generates it, and hashes the keys in WORKSPACES again; created keys need the old one.',
  )
}

function fileOf(args: readonly string[]): string {
  try {
    const { positionals } = parseArgs({ args: [...args], allowPositionals: true })
    const [file, ...others] = positionals
    if (file !== undefined && others.length === 0) return file
  } catch (cause) {
    throw new StartError(`${(cause as Error).message}\n\n  ${usage}`, { cause })
  }
  throw new StartError(`backup needs the name of one file that does not exist yet\n\n  ${usage}`)
}
