import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { ruleProblems } from './check-rules.js'

const whole = {
  'packages/a/SPEC.md':
    '- **ST1** A rule. See [the guide](../../docs/guide.md#start) and `docs/guide.md`.\n- **V2-1** Another.',
  'docs/guide.md': '# Guide',
  'docs/promises.json': '["[ST1]"]',
  'packages/a/x.test.ts': "it('[ST1, V2-1] keeps both', () => {})",
}

/** What is found in a repository of these files. */
function problemsIn(files: Readonly<Record<string, string>>): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  spawnSync('git', ['init', '--quiet'], { cwd: folder })
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return ruleProblems(folder)
}

it('finds nothing where ids, titles and links match', () => {
  expect(problemsIn(whole)).toEqual([])
})

it('takes ids from tables of cases and from the cases of stores', () => {
  const table = "it.each([\n  ['H14', 'binary'],\n])('[%s] closes: %s', () => {})"
  const files = {
    ...whole,
    'packages/a/SPEC-H.md': '- **H14** Binary.\n- **S1** Stores.',
    'packages/a/y.test.ts': table,
    'packages/a/store-cases/z.ts': "oneStore('[S1] appends', () => {})",
  }
  expect(problemsIn(files)).toEqual([])
})

it.each([
  [
    'a title without a rule',
    { 'packages/a/y.test.ts': "it('[ST2] is new', () => {})" },
    /y\.test\.ts names ST2 .* no rule: write it/,
  ],
  [
    'a rule without a test',
    { 'packages/a/SPEC-B.md': '- **ST3** New.' },
    /SPEC-B\.md has ST3, .*: put \[ST3\] into/,
  ],
  [
    'a rule that is defined twice',
    { 'packages/b/SPEC.md': '- **ST1** Again.' },
    /b\/SPEC\.md defines ST1 again: give/,
  ],
  [
    'a promise without a test',
    { 'docs/promises.json': '["[ST9]"]' },
    /promises\.json names ST9, .*: name another/,
  ],
  [
    'a dead link',
    { 'docs/guide.md': '[there](../nowhere.md)' },
    /guide\.md leads to nowhere\.md, .*: correct/,
  ],
  [
    'a dead path',
    { 'docs/guide.md': 'See `scripts/gone.js`.' },
    /guide\.md leads to scripts\/gone\.js, .*: correct/,
  ],
  [
    'a document that a clone lacks',
    { 'src/a.ts': '// See DESIGN.md' },
    /a\.ts cites DESIGN\.md, .*: say what/,
  ],
])('finds %s', (_what, files, problem) => {
  expect(problemsIn({ ...whole, ...files })).toEqual([expect.stringMatching(problem)])
})
