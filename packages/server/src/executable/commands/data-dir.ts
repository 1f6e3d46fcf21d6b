import { StartError } from '../../errors.ts'
import { defaultDataDir } from '../config.ts'

/** The data folder named in the environment, or the default. */
export function dataDirOf({ DATA_DIR }: NodeJS.ProcessEnv): string {
  if (DATA_DIR === ':memory:') throw new StartError('DATA_DIR: a store in memory cannot be copied')
  return DATA_DIR || defaultDataDir
}
