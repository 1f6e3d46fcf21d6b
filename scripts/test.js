// npm test: all checks and tests. Ends with the line `N passed, N failed`.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promises } from './promises.js'
import { root, run, setUp, tool } from './setup.js'

const reportFile = join(root, '.cache', 'tests.json')

/**
 * @typedef {{ status: string, fullName: string }} Test
 * @typedef {{ numPassedTests: number, numFailedTests: number, numPendingTests: number,
 *   numFailedTestSuites: number, testResults: { assertionResults: Test[] }[] }} Report
 */

/** @returns {Report | undefined} */
function readReport() {
  return existsSync(reportFile) ? JSON.parse(readFileSync(reportFile, 'utf8')) : undefined
}

await setUp()
mkdirSync(join(root, '.cache'), { recursive: true })
rmSync(reportFile, { force: true })

const checked = await run([process.execPath, join(root, 'scripts', 'check.js')])
const tested = await run([
  tool('vitest'),
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${reportFile}`,
])

const report = readReport()
const passed = report?.numPassedTests ?? 0
const failed = report?.numFailedTests ?? 0
const skipped = report?.testResults
  .flatMap(({ assertionResults }) => assertionResults)
  .filter(({ status }) => !['passed', 'failed'].includes(status))
for (const { fullName } of skipped ?? []) console.log(`skipped: ${fullName}`)

if (checked !== 0) console.log('pnpm check failed, see above')
if (passed + failed === 0) console.log('No test ran')
const isCi = process.env.CI === 'true'
const broken = isCi && report ? promises(report).broken : []
for (const promise of broken) console.log(`A promise is not shown by tests that ran and passed: ${promise}`)
const isSkipFailure = isCi && (skipped?.length ?? 0) > 0
if (isSkipFailure) console.log('With CI=true nothing may be skipped')
const isBad =
  checked !== 0 || tested !== 0 || failed > 0 || passed === 0 || isSkipFailure || broken.length > 0
process.exitCode = isBad ? 1 : 0
console.log(`${passed} passed, ${failed} failed${skipped?.length ? `, ${skipped.length} skipped` : ''}`)
