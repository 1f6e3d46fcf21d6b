import { statSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { StartError } from '../../errors.ts'
import { BackupError, backUp, pepperFileOf } from '../../stores/embedded/backup.ts'
import { pepperFile, storedPepper } from '../pepper.ts'
import { dataDirOf } from './data-dir.ts'

export const usage = 'DATA_DIR=<folder> dowellchat-server backup <file> [--with-secrets]'

interface Options {
  readonly file: string
  readonly hasSecrets: boolean
}

/** `dowellchat-server backup FILE`: copies the data folder's database, also while a server runs on it. */
export async function backup(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const { file, hasSecrets } = optionsOf(args)
  if (environment.MONGODB_URI) throw new StartError('MONGODB_URI is set: back MongoDB up with mongodump')
  const dataDir = dataDirOf(environment)
  const secrets = hasSecrets ? { pepper: pepperOf(dataDir, environment) } : {}
  try {
    await backUp(dataDir, file, secrets)
  } catch (error) {
    throw error instanceof BackupError ? new StartError(error.message, { cause: error }) : error
  }
  console.log(
    `Wrote ${file} (${statSync(file).size} bytes). To restore it: DATA_DIR=<folder> dowellchat-server restore ${file}`,
  )
  console.log(hasSecrets ? withSecrets(file) : withoutSecrets)
}

const withoutSecrets =
  'The pepper is not in it. A server without one generates it, and hashes the keys in WORKSPACES again; created keys need the old one.'

function withSecrets(file: string): string {
  return `The pepper is in ${pepperFileOf(file)}: whoever has both files can use the created keys and guests' tokens of this server.`
}

/** The secret that the server of a folder uses. */
function pepperOf(dataDir: string, { KEY_PEPPER }: NodeJS.ProcessEnv): string {
  const pepper = KEY_PEPPER || storedPepper(dataDir)
  if (pepper !== undefined) return pepper
  throw new StartError(`${pepperFile(dataDir)} does not exist: set KEY_PEPPER, or leave --with-secrets out`)
}

function optionsOf(args: readonly string[]): Options {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { 'with-secrets': { type: 'boolean' } },
    })
    const [file, ...others] = positionals
    if (file !== undefined && others.length === 0)
      return { file, hasSecrets: values['with-secrets'] ?? false }
  } catch (cause) {
    throw new StartError(`${(cause as Error).message}\n\n  ${usage}`, { cause })
  }
  throw new StartError(`backup needs the name of one file that does not exist yet\n\n  ${usage}`)
}
