import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { examplesOf, readmes } from '../../../packages/client/tests/packed/readme.ts'

const heading = 'Quick start'

/** What a reader of the quick start does. */
export interface Readme {
  /** The commands, block by block. */
  readonly commands: readonly string[]
  readonly save: (folder: string) => Promise<void>
}

export interface Command {
  /** What is run: our own packages come from their tarballs, since these versions are in no registry. */
  readonly command: string
  /** What the README says. */
  readonly shown: string
}

export function readmeOf(): Readme {
  const blocks = examplesOf(readmes.client).filter((example) => example.heading === heading)
  const inLanguage = (wanted: string): string[] =>
    blocks.filter(({ language }) => language === wanted).map(({ code }) => code)
  const [html, ...otherHtml] = inLanguage('html')
  const [tsx, ...otherTsx] = inLanguage('tsx')
  if (html === undefined || tsx === undefined || otherHtml.length + otherTsx.length > 0)
    throw new Error('The quick start has another number of files than two')
  return {
    commands: inLanguage('sh'),
    async save(folder) {
      await writeFile(join(folder, 'index.html'), html)
      await writeFile(join(folder, 'main.tsx'), tsx)
    },
  }
}

/** The commands that prepare the folder, the one that starts the server, and the one that serves the page. */
export function commandsOf(
  { commands }: Readme,
  tarballs: ReadonlyMap<string, string>,
): readonly [readonly Command[], string, string] {
  const [prepare, server, page, ...others] = commands
  if (prepare === undefined || server === undefined || page === undefined || others.length > 0)
    throw new Error('The quick start has another number of commands than it had')
  const lines = prepare.trim().split('\n')
  return [
    lines.map((shown) => ({ shown, command: withTarballs(shown, tarballs) })),
    server.trim(),
    page.trim(),
  ]
}

function withTarballs(line: string, tarballs: ReadonlyMap<string, string>): string {
  if (!line.startsWith('npm install ')) return line
  const words = line.split(' ').map((word) => tarballs.get(word) ?? word)
  // The other two depend on it, and it is in no registry either.
  return [...words, tarballs.get('@dowellchat/protocol')].join(' ')
}
