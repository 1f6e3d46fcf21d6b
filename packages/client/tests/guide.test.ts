import '../src/react/testing/dom.ts'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it, vi } from 'vitest'

const guide = readFileSync(new URL('../../../docs/guides/testing.md', import.meta.url), 'utf8')
const folder = mkdtempSync(fileURLToPath(new URL('./.example-', import.meta.url)))
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))

interface Example {
  readonly heading: string
  readonly language: string
  readonly code: string
}

/** The guide's examples, each under its heading. */
function examples(): Example[] {
  const blocks = [...guide.matchAll(/^### (.+?)\n(?:(?!^#).)*?^```(tsx?)\n(.*?)^```/gms)]
  return blocks.map(([, heading = '', language = '', code = '']) => ({ heading, language, code }))
}

/** Where the workspace has what users import. */
const sources = {
  '@dowellchat/client/testing': '../../src/fake-client/index.ts',
  '@dowellchat/client/react': '../../src/react/index.ts',
  '@dowellchat/client': '../../src/index.ts',
}

/** As vitest's, and patient: the machine may be busy. */
const patientVi = Object.assign(Object.create(vi) as typeof vi, {
  waitFor: (isSo: () => void) => vi.waitFor(isSo, { timeout: 30_000, interval: 10 }),
})

/** The test of an example, which is a whole test file. */
async function testIn({ heading, language, code }: Example): Promise<() => Promise<void>> {
  const own = Object.entries(sources).reduce(
    (text, [name, source]) => text.replaceAll(`from '${name}'`, `from '${source}'`),
    code,
  )
  const file = join(folder, `${heading.replaceAll(/\W+/g, '-')}.${language}`)
  const tests: (() => Promise<void>)[] = []
  const test = (_title: string, run: () => Promise<void>): void => void tests.push(run)
  vi.stubGlobal('guide', { expect, vi: patientVi, test })
  writeFileSync(file, own.replace(/^import (\{.*?\}) from 'vitest'/m, 'const $1 = guide'))
  await import(file)
  const [run, ...others] = tests
  if (!run || others.length > 0) throw new Error(`${heading}: expected one test, found ${tests.length}`)
  return run
}

it('[KT11, KT12] finds the examples of each kit', () => {
  const [components, journeys, calls] = [['tsx', 'tsx', 'tsx'], ['ts', 'ts', 'ts'], ['ts']]
  expect(examples().map(({ language }) => language)).toEqual([components, journeys, calls].flat())
})

// The first of each kit waits until it is compiled.
it.each(examples())('[KT11] runs the guide’s example: $heading', async (example) => {
  await (await testIn(example))()
})
