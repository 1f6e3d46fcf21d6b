import { parse } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Metafile } from 'esbuild'

/** Bytes of what an application loads. */
export interface Size {
  /** Every file gzipped by itself, at level 9. */
  readonly gzipped: number
  readonly minified: number
  /** Where the minified bytes come from, the largest first. */
  readonly largest: Readonly<Record<string, number>>
}

const entries = {
  core: `export { createChatClient } from '@dowellchat/client'`,
  'core + hooks': `export { createChatClient } from '@dowellchat/client'; export * from '@dowellchat/client/react'`,
}

export type Part = keyof typeof entries | 'on demand'

/** In bytes; a kB is 1,000. `bar` is the goal; until it is met, a size may not exceed `most`. */
export const bars = {
  core: { bar: 34_000, most: 36_700 },
  'core + hooks': { bar: 38_000, most: 42_500 },
} as const

/**
 * Bundles the client as an application in `folder` would: minified ESM for es2022, production, React external. Core is
 * every file that is loaded until the first message is sent and received; calls and the rest of the contract come on demand.
 */
export async function measureSizes(
  folder: string,
  conditions: readonly string[] = [],
): Promise<Record<Part, Size>> {
  const core = await bundle(folder, entries.core, conditions)
  const hooks = await bundle(folder, entries['core + hooks'], conditions)
  return { core: core.initial, 'core + hooks': hooks.initial, 'on demand': core.onDemand }
}

/** Bundles a program as an application in `folder` would. */
export async function bundle(folder: string, contents: string, conditions: readonly string[] = []) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: folder },
    // Names every input by its whole path.
    absWorkingDir: parse(folder).root,
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    external: ['react', 'react/*'],
    conditions: [...conditions],
    metafile: true,
    write: false,
  })
  const initial = loadedFirst(metafile)
  const sizeOf = (names: readonly string[]): Size => {
    const files = outputFiles.filter(({ path }) => names.some((name) => path.endsWith(`/${name}`)))
    return {
      gzipped: sum(files.map(({ contents }) => gzipSync(contents, { level: 9 }).length)),
      minified: sum(files.map(({ contents }) => contents.length)),
      largest: largestIn(metafile, names),
    }
  }
  const names = Object.keys(metafile.outputs)
  return { initial: sizeOf(initial), onDemand: sizeOf(names.filter((name) => !initial.includes(name))) }
}

/** The entry, and what it imports without a dynamic import. */
function loadedFirst({ outputs }: Metafile): string[] {
  const found = Object.keys(outputs).filter((name) => outputs[name]?.entryPoint === '<stdin>')
  for (const name of found) {
    const imported = outputs[name]?.imports.filter(
      ({ kind, external }) => kind === 'import-statement' && !external,
    )
    for (const { path } of imported ?? []) if (!found.includes(path)) found.push(path)
  }
  return found
}

/** Bytes by package, and by file of our own sources. */
function largestIn({ outputs }: Metafile, names: readonly string[]): Record<string, number> {
  const bytes = new Map<string, number>()
  for (const name of names) {
    for (const [file, { bytesInOutput }] of Object.entries(outputs[name]?.inputs ?? {})) {
      const [, of = file] =
        /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file) ?? /([^/]+\/src\/.*)/.exec(file) ?? []
      bytes.set(of, (bytes.get(of) ?? 0) + bytesInOutput)
    }
  }
  const largest = [...bytes].sort(([, a], [, b]) => b - a).slice(0, 10)
  return Object.fromEntries(largest.filter(([, size]) => size > 0))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
