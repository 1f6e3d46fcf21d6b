import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const cached = fileURLToPath(new URL('../../../../.cache/secantus/bin/secantusd-py', import.meta.url))

export interface MongoProgram {
  readonly file: string
  /** A stand-in speaks MongoDB's protocol over MongoDB's storage engine, and is not MongoDB. */
  readonly isStandIn: boolean
}

/** The program on this machine that can serve MongoDB's protocol: mongod, else the stand-in; undefined if it has neither. */
export function findMongoProgram(): MongoProgram | undefined {
  if (runs('mongod')) return { file: 'mongod', isStandIn: false }
  if (runs('secantusd-py', '--help')) return { file: 'secantusd-py', isStandIn: true }
  return existsSync(cached) ? { file: cached, isStandIn: true } : undefined
}

function runs(file: string, argument = '--version'): boolean {
  return spawnSync(file, [argument], { stdio: 'ignore' }).status === 0
}
