import { readFileSync } from 'node:fs'

/** The READMEs that have examples: this package's, and the repository's. */
export const readmes = { client: '../../README.md', root: '../../../../README.md' } as const

/** A README's example in a language; without React it is `ts`, with it `tsx`. */
export function exampleIn(language: 'ts' | 'tsx', readme: keyof typeof readmes = 'client'): string {
  const text = readFileSync(new URL(readmes[readme], import.meta.url), 'utf8')
  const [, example] = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(text) ?? []
  if (example === undefined) throw new Error(`${readmes[readme]} has no example in ${language}`)
  return example
}
