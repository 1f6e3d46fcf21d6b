import { StartError } from '../../errors.ts'
import { folderPath } from '../../stores/embedded/folder-path.ts'
import { defaultDataDir } from '../config.ts'

/** The path of the data folder named in the environment, or of the default. */
export function dataDirOf({ DATA_DIR }: NodeJS.ProcessEnv): string {
  if (DATA_DIR === ':memory:') throw new StartError('DATA_DIR: a store in memory cannot be copied')
  return folderPath(DATA_DIR || defaultDataDir)
}
