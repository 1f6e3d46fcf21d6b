import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inOneProcess } from '../../packages/server/tests/support/two-nodes/files.ts'
import { runTests } from './support/run-tests.ts'

export const measured = [
  'packages/protocol/src',
  'packages/server/src',
  'packages/server/tests',
  'pnpm-lock.yaml',
  'tools/proofs/two-nodes*',
]

const config = fileURLToPath(new URL(join('two-nodes', 'vitest.config.ts'), import.meta.url))

/**
 * Runs the suites of V2, of isolation, of permissions and of stores with two servers in place of one: each connection, and each
 * call of a store, goes to the other one of two that share a MongoDB and a Redis. A file's path as argument runs that alone.
 */
export async function prove() {
  const began = performance.now()
  const files = process.argv.slice(3).filter((option) => !option.startsWith('--'))
  const run = runTests(['--config', config, ...files])
  return { ...run, seconds: Math.round((performance.now() - began) / 1_000), inOneProcess }
}
