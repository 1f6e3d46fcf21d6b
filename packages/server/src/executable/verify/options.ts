import { parseArgs } from 'node:util'
import { StartError } from '../../errors.ts'

export const usage = `dowellchat-server verify --store <store> [--only <words>] [--seconds <n>]

  Runs the cases that every store of ours passes against your own MongoDB or disk, in a database or folder of its own
  (dowellchat-verify-…), which it removes at the end. Nothing else there is read or changed. A store is a mongodb:// URL,
  whose login may read, write and drop that database, or a folder. Exits with 1 where something fails.

  --only      only the cases whose titles have these words, as --only kill
  --seconds   how long it measures the speed of appends; default: 2
`

/** What `verify` is to do. */
export interface VerifyOptions {
  readonly store: string
  readonly only: string | undefined
  readonly seconds: number
}

/** @throws StartError */
export function readVerifyOptions(args: readonly string[]): VerifyOptions {
  const { store, only, seconds = '2' } = parsed(args)
  if (!store) throw new StartError(`verify needs --store\n\n${usage}`)
  if (!/^\d{1,3}(\.\d+)?$/.test(seconds))
    throw new StartError(`--seconds is a number from 0 to 999\n\n${usage}`)
  return { store, only, seconds: Number(seconds) }
}

function parsed(args: readonly string[]) {
  const string = { type: 'string' } as const
  try {
    return parseArgs({ args: [...args], options: { store: string, only: string, seconds: string } }).values
  } catch (cause) {
    throw new StartError(`${(cause as Error).message}\n\n${usage}`, { cause })
  }
}
