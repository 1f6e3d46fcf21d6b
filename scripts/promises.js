// pnpm promises: writes the tables of README.md and docs/promises.md, from the last run of the tests and docs/evidence, and
// docs/capacity.md.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root, run } from './setup.js'

/**
 * @typedef {{ promise: string, front?: boolean, tests: string[], proof?: string }} Promised
 * @typedef {{ status: string, fullName: string }} Test
 * @typedef {{ testResults: { assertionResults: Test[] }[] }} Report
 */

/** The README has those that matter first; both tell what shows them. */
const pages = { readme: 'README.md', page: 'docs/promises.md' }
const [begin, end] = ['<!-- promises -->', '<!-- /promises -->']

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(join(root, file), 'utf8'))
}

/**
 * Which tests show a promise, or that they do not: each is named by a part of its title.
 * @param {Promised} promised
 * @param {Report} report
 */
function shownByTests({ tests }, report) {
  const all = report.testResults.flatMap(({ assertionResults }) => assertionResults)
  const found = tests.map((part) => all.filter(({ fullName }) => fullName.includes(part)))
  const isKept = found.every((some) => some.length > 0 && some.every(({ status }) => status === 'passed'))
  if (tests.length === 0) return ''
  return isKept
    ? `tests ${tests.map((part) => part.replace(/^\[(.*)\]$/, '$1')).join(', ')}`
    : '**not shown**'
}

/**
 * The proof that measures a promise, and whether the code has changed since.
 * @param {Promised} promised
 */
function shownByProof({ proof }) {
  if (proof === undefined) return ''
  const file = `evidence/${proof}.json`
  if (!existsSync(join(root, 'docs', file))) return '**not run**'
  // Evidence that names no paths is stale after any change.
  const { commit, date, measured = [] } = readJson(join('docs', file))
  const changed = spawnSync('git', ['diff', '--quiet', commit, '--', ...measured], { cwd: root })
  const figures = `[\`pnpm prove ${proof}\`](${file}), ${date.slice(0, 10)}`
  return changed.status === 0 ? figures : `${figures} (stale: the code has changed since)`
}

/**
 * @param {string} file
 * @param {readonly { text: string, by: string, proof: string }[]} rows
 * @param {string} evidence where that is, as seen from the file
 */
function withTable(file, rows, evidence) {
  const lines = rows.map(({ text, by, proof }) => {
    const shown = [by, proof.replace('](evidence/', `](${evidence}`)].filter(Boolean).join('; ')
    return `| ${text} | ${shown} |`
  })
  const table = ['| promise | shown by |', '| --- | --- |', ...lines].join('\n')
  const [head = '', rest = ''] = readFileSync(join(root, file), 'utf8').split(begin)
  const [, tail = ''] = rest.split(end)
  return `${head}${begin}\n${table}\n${end}${tail}`
}

/**
 * @param {Report} report
 * @returns {{ readme: string, page: string, broken: string[] }} both pages with their tables, and the promises that no test shows
 */
export function promises(report) {
  /** @type {Promised[]} */
  const promised = readJson('docs/promises.json')
  const rows = promised.map((one) => ({
    text: one.promise,
    isFirst: one.front === true,
    by: shownByTests(one, report),
    proof: shownByProof(one),
  }))
  const first = rows.filter(({ isFirst }) => isFirst)
  return {
    readme: withTable(pages.readme, first, 'docs/evidence/'),
    page: withTable(pages.page, rows, 'evidence/'),
    broken: rows.filter(({ by }) => by.includes('not shown')).map(({ text }) => text),
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (!existsSync(join(root, '.cache', 'tests.json'))) {
    console.error('The tests have not run yet: npm test')
    process.exit(1)
  }
  const { broken, ...written } = promises(readJson('.cache/tests.json'))
  writeFileSync(join(root, pages.readme), written.readme)
  writeFileSync(join(root, pages.page), written.page)
  for (const text of broken) console.error(`not shown by tests that ran and passed: ${text}`)
  // With CI set, vitest writes no snapshot.
  const capacity = ['pnpm', 'vitest', 'run', 'tools/proofs/capacity/page', '-u', '--typecheck.enabled=false']
  const code = await run(capacity, { CI: '' })
  process.exitCode = broken.length > 0 ? 1 : code
}
