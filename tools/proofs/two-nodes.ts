import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inOneProcess } from '../../packages/server/tests/support/two-nodes/files.ts'

export const measured = [
  'packages/protocol/src',
  'packages/server/src',
  'packages/server/tests',
  'pnpm-lock.yaml',
  'tools/proofs/two-nodes*',
]

const root = fileURLToPath(new URL('../..', import.meta.url))

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

/**
 * Runs the suites of V2, of isolation, of permissions and of stores with two servers in place of one: each connection, and each
 * call of a store, goes to the other one of two that share a MongoDB and a Redis. A file's path as argument runs that alone.
 */
export async function prove() {
  const began = performance.now()
  const report = runSuites(process.argv.slice(3).filter((option) => !option.startsWith('--')))
  const all = report.testResults.map(({ name, assertionResults }) => ({
    file: relative(root, name),
    passed: assertionResults.filter(({ status }) => status === 'passed').length,
    failed: assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
  }))
  console.table(all.map(({ file, passed, failed }) => ({ file, passed, failed: failed.length })))
  const wrong = all.flatMap(({ file, failed }) => failed.map((test) => `${file}: ${test}`))
  for (const one of wrong) process.stdout.write(`WRONG: ${one}\n`)
  if (wrong.length > 0 || report.numPassedTests === 0) process.exitCode = 1
  const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped } = report
  const seconds = Math.round((performance.now() - began) / 1_000)
  return { passed, failed, skipped, seconds, files: all, inOneProcess }
}

function runSuites(files: readonly string[]): Report {
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-two-nodes-'))
  const report = join(folder, 'report.json')
  const config = join(root, 'tools', 'proofs', 'two-nodes', 'vitest.config.ts')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  try {
    spawnSync('pnpm', ['vitest', 'run', '--config', config, ...reporters, ...files], {
      cwd: root,
      stdio: 'inherit',
    })
    return JSON.parse(readFileSync(report, 'utf8'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
