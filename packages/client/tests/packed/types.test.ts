import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { findAny } from './find-any.ts'
import { declarationsOf, openProgram, problemsIn } from './program.ts'
import { examplesOf, pages } from './readme.ts'

/** The examples of all pages, by a name that says where each stands. Those for servers need Node's types, or are tests. */
function examples(): (readonly [string, string])[] {
  return pages.flatMap((page) =>
    examplesOf(page)
      .filter(({ language, code }) => /^tsx?$/.test(language) && !/'(vitest|node:\w+)'/.test(code))
      .map(
        ({ language, code }, at) => [`${page.replaceAll(/\W+/g, '-')}-${at + 1}.${language}`, code] as const,
      ),
  )
}

const combinations = (['react19', 'react18'] as const).flatMap((react) =>
  (['node16', 'bundler'] as const).map((resolution) => ({ react, resolution })),
)

describe.each(combinations)('types for $react under $resolution', ({ react, resolution }) => {
  const consumer = inject(react)
  let program: ReturnType<typeof openProgram>
  beforeAll(() => {
    for (const [name, code] of examples()) writeFileSync(join(consumer, 'types', name), code)
    program = openProgram(consumer, `tsconfig.${resolution}.json`)
  })

  it('are what the consumer expects', () => {
    expect(problemsIn(program, consumer)).toEqual([])
  })

  it('have no any', () => {
    const leaks = program.getSourceFile(join(consumer, 'types/leaks.ts'))
    expect(leaks && findAny(program, leaks)).toHaveLength(4)
    for (const entry of ['index', 'react']) {
      const file = declarationsOf(program).get(entry)
      expect(file && findAny(program, file)).toEqual([])
    }
  })
})

it.each([
  ['node10', 'as older tools find them, by `main` and `types`'],
  ['no-dom', '[PK3] of the core, where there is no DOM'],
])('compile under %s: %s', (config) => {
  const consumer = inject('react19')
  expect(problemsIn(openProgram(consumer, `tsconfig.${config}.json`), consumer)).toEqual([])
})
