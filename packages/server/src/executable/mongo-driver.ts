import { StartError } from '../errors.ts'

/** Loads code that needs the MongoDB driver. On demand, since who keeps data in a folder has not installed it. */
export async function withMongoDriver<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new StartError(
      'The store is MongoDB, but the package mongodb is not installed: npm install mongodb@7, or use a data folder',
      { cause },
    )
  }
}
