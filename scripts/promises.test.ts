import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { promises } from './promises.js'

const docs = new URL('../docs/', import.meta.url)
const promised: { promise: string; front?: true; tests: string[] }[] = JSON.parse(
  readFileSync(new URL('promises.json', docs), 'utf8'),
)

/** A run of all tests that show promises, of which those with these titles fail. */
function runWith(...failing: string[]) {
  const titles = promised.flatMap(({ tests }) => tests)
  const results = titles.map((fullName) => ({
    fullName,
    status: failing.includes(fullName) ? 'failed' : 'passed',
  }))
  return { testResults: [{ assertionResults: results }] }
}

const around = (text: string) => text.replace(/<!-- promises -->.*<!-- \/promises -->/s, '')

it.each([
  { name: 'page', file: 'promises.md', expected: promised },
  { name: 'readme', file: '../README.md', expected: promised.filter(({ front }) => front) },
] as const)(
  'gives promises rows of $file, and links to evidence that is there',
  ({ name, file, expected }) => {
    const { broken, ...written } = promises(runWith())
    expect(broken).toEqual([])
    const text = written[name]
    const rows = promised.filter(({ promise }) => text.includes(`\n| ${promise} | `))
    expect(rows).toEqual(expected)
    const at = new URL(file, docs)
    const links = [...text.matchAll(/\]\(([^)]*evidence\/[^)]+)\)/g)].map(([, link = '']) => link)
    expect(links.length).toBeGreaterThan(3)
    expect(links.filter((link) => !existsSync(new URL(link, at)))).toEqual([])
    expect(around(text)).toBe(around(readFileSync(at, 'utf8')))
  },
)

it('names a promise whose test has failed', () => {
  const { page, broken } = promises(runWith('[DU1]'))
  const shownByIt = promised.filter(({ tests }) => tests.includes('[DU1]'))
  expect(broken).toEqual(shownByIt.map(({ promise }) => promise))
  expect(page.match(/\| \*\*not shown\*\*/g)).toHaveLength(shownByIt.length)
})
