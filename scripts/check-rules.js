// Holds rules, test titles and documents together: every id has a rule and a test, every link a file.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './setup.js'

/** @typedef {{ id: string, file: string }} Named */

const id = '[A-Z][A-Z0-9]*(?:-\\d+|\\d+)'
const rulePattern = new RegExp(`^- \\*\\*(${id})\\*\\* `, 'gm')
const titlePattern = new RegExp(`['"\`]\\[(${id}(?:, ${id})*)\\][ '"\`]`, 'g')
// A table of cases gives its ids one by one: ['H14', 'a binary event', …].
const cellPattern = new RegExp(`\\['(${id})', `, 'g')
const linkPattern = /\]\(([^)\s]+)\)/g
const pathPattern = /`((?:packages|apps|tools|scripts|docs)\/[\w./-]+\.\w+)`/g
/** What people who planned this repository have and a clone has not. */
const absentPattern =
  /\b(DESIGN(\.md| section)|PROMISES|FAULTS\.md|STYLE\.md|TOOLS\.md|(?<!SPEC-)V2\.md|seed-v2)/g

/**
 * @param {RegExp} pattern
 * @param {string} text
 */
function found(pattern, text) {
  return [...text.matchAll(pattern)].map(([, first = '']) => first)
}

/**
 * @param {string[]} names
 * @param {(name: string) => string} read
 * @returns {Named[]}
 */
function rulesIn(names, read) {
  const specs = names.filter((name) => /(^|\/)SPEC[\w-]*\.md$/.test(name))
  return specs.flatMap((file) => found(rulePattern, read(file)).map((rule) => ({ id: rule, file })))
}

/**
 * The ids in titles of tests and of the stores' cases.
 * @param {string[]} names
 * @param {(name: string) => string} read
 * @returns {Named[]}
 */
function titlesIn(names, read) {
  const tests = names.filter((name) => /\.test(-d)?\.tsx?$|\/store-cases\//.test(name))
  return tests.flatMap((file) => {
    const text = read(file)
    const ids = found(titlePattern, text).flatMap((list) => list.split(', '))
    const cells = text.includes("'[%s] ") ? found(cellPattern, text) : []
    return [...ids, ...cells].map((title) => ({ id: title, file }))
  })
}

/**
 * Links and paths of a document that lead nowhere.
 * @param {string} file
 * @param {string} text
 * @param {(name: string) => boolean} exists
 */
function deadLinks(file, text, exists) {
  const links = found(linkPattern, text).filter((link) => !/^([a-z]+:|#)/.test(link))
  const targets = links.map((link) => normalize(join(dirname(file), link.split('#')[0] ?? '')))
  const missing = [...targets, ...found(pathPattern, text)].filter((target) => !exists(target))
  return missing.map(
    (target) => `${file} leads to ${target}, which is not there: correct the link or remove it`,
  )
}

/** @param {string} folder */
function filesOf(folder) {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard']
  const { stdout } = spawnSync('git', args, { cwd: folder, encoding: 'utf8' })
  return stdout.split('\n').filter((name) => name && existsSync(join(folder, name)))
}

/**
 * @param {Named[]} rules
 * @param {Named[]} titles
 * @param {string[]} promised
 */
function unmatchedIds(rules, titles, promised) {
  const [ruled, titled] = [new Set(rules.map((one) => one.id)), new Set(titles.map((one) => one.id))]
  const twice = rules.filter((one, at) => rules.findIndex((other) => other.id === one.id) !== at)
  const unruled = titles.filter((one) => !ruled.has(one.id))
  const untested = rules.filter((one) => !titled.has(one.id))
  return [
    ...twice.map((one) => `${one.file} defines ${one.id} again: give one of the two another id`),
    ...unruled.map(
      (one) => `${one.file} names ${one.id} in a title, which is no rule: write it into a SPEC.md`,
    ),
    ...untested.map(
      (one) =>
        `${one.file} has ${one.id}, which no test names: put [${one.id}] into the title of one that proves it`,
    ),
    ...promised
      .filter((one) => !titled.has(one))
      .map((one) => `docs/promises.json names ${one}, which is in no title of a test: name another`),
  ]
}

/**
 * @param {string} folder of a git repository
 * @returns {string[]} one sentence for each problem
 */
export function ruleProblems(folder) {
  const names = filesOf(folder)
  /** @param {string} name */
  const read = (name) => readFileSync(join(folder, name), 'utf8')
  /** @param {string} name */
  const exists = (name) => existsSync(join(folder, name))
  const promised = names
    .filter((name) => name === 'docs/promises.json')
    .flatMap((name) => found(new RegExp(`"\\[(${id})\\]"`, 'g'), read(name)))
  const pages = names.filter((name) => name.endsWith('.md') && !name.endsWith('CHANGELOG.md'))
  const texts = names.filter((name) => /\.(md|[cm]?[jt]sx?|json|html|ya?ml)$/.test(name))
  return [
    ...unmatchedIds(rulesIn(names, read), titlesIn(names, read), promised),
    ...pages.flatMap((name) => deadLinks(name, read(name), exists)),
    ...texts
      .filter((name) => !name.includes('check-rules'))
      .flatMap((name) =>
        found(absentPattern, read(name)).map(
          (cited) => `${name} cites ${cited}, which a clone lacks: say what it says, or name a rule`,
        ),
      ),
  ]
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const problems = ruleProblems(root)
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length > 0 ? 1 : 0
}
