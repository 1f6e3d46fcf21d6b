import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

/** What became of the tests of a proof. */
export interface TestsRun {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly files: readonly {
    readonly file: string
    readonly passed: number
    readonly failed: readonly string[]
  }[]
}

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** Runs tests as a part of a proof, which fails with them. @param env what makes them longer than in `npm test` */
export function runTests(options: readonly string[], env: Readonly<Record<string, string>> = {}): TestsRun {
  const report = reportOf(options, env)
  const files = report.testResults.map(({ name, assertionResults }) => ({
    file: relative(root, name),
    passed: assertionResults.filter(({ status }) => status === 'passed').length,
    failed: assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
  }))
  console.table(files.map(({ file, passed, failed }) => ({ file, passed, failed: failed.length })))
  const wrong = files.flatMap(({ file, failed }) => failed.map((test) => `${file}: ${test}`))
  for (const one of wrong) process.stdout.write(`WRONG: ${one}\n`)
  if (wrong.length > 0 || report.numPassedTests === 0) process.exitCode = 1
  const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped } = report
  return { passed, failed, skipped, files }
}

function reportOf(options: readonly string[], env: Readonly<Record<string, string>>): Report {
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-tests-'))
  const report = join(folder, 'report.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  try {
    spawnSync('pnpm', ['vitest', 'run', ...reporters, ...options], {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...env },
    })
    return JSON.parse(readFileSync(report, 'utf8'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
