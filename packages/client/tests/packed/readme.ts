import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('../../../../', import.meta.url)

/** The READMEs that have examples: this package's, and the repository's. */
export const readmes = { client: 'packages/client/README.md', root: 'README.md' } as const

/** Every page about the SDK, as paths in the repository. The examples of `testing.md` are tests, which `guide.test.ts` runs. */
export const pages: readonly string[] = [...Object.values(readmes), ...guides()]

function guides(): string[] {
  const found = readdirSync(new URL('docs/guides', root), { recursive: true }).map(String)
  return found.filter((name) => name.endsWith('.md')).map((name) => `docs/guides/${name}`)
}

export interface Example {
  /** The heading that it stands below, without the number signs. */
  readonly heading: string
  readonly language: string
  readonly code: string
}

export function textOf(page: string): string {
  return readFileSync(new URL(page, root), 'utf8')
}

/** Where a page is on the disk. */
export function fileOf(page: string): string {
  return fileURLToPath(new URL(page, root))
}

/** The examples of a page, in their order. */
export function examplesOf(page: string): Example[] {
  let heading = ''
  const parts = textOf(page).matchAll(/^```(\w+)\n(.*?)^```$|^#+ ([^\n]+)$/gms)
  return [...parts].flatMap(([, language, code = '', title]) => {
    if (title !== undefined) heading = title
    return language === undefined ? [] : [{ heading, language, code }]
  })
}

/** A README's first example in a language, below a heading if one is given; without React it is `ts`, with it `tsx`. */
export function exampleIn(
  language: 'js' | 'ts' | 'tsx' | 'html',
  readme: keyof typeof readmes = 'client',
  heading?: string,
): string {
  const found = examplesOf(readmes[readme]).find(
    (example) => example.language === language && (heading === undefined || example.heading === heading),
  )
  if (!found) throw new Error(`${readmes[readme]} has no example in ${language}`)
  return found.code
}
