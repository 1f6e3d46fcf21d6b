import { readFileSync } from 'node:fs'

/** The READMEs that have examples: this package's, and the repository's. */
export const readmes = { client: '../../README.md', root: '../../../../README.md' } as const

/** The n-th of a README's examples in a language, from 0; without React it is `ts`, with it `tsx`. */
export function exampleIn(language: 'ts' | 'tsx', readme: keyof typeof readmes = 'client', n = 0): string {
  const text = readFileSync(new URL(readmes[readme], import.meta.url), 'utf8')
  const examples = [...text.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))]
  const example = examples[n]?.[1]
  if (example === undefined) throw new Error(`${readmes[readme]} has no example in ${language}`)
  return example
}
