import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'
import type { TestProject } from 'vitest/node'
import { commonOptions } from '../../tsup.config.ts'
import { buildVariable, entryPoints } from './programs.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Builds, before the tests and again before each rerun in watch mode, what tests start in other threads and processes.
 * Compiling it from source at every start cost half a second each time.
 */
export default async function buildPrograms(project: TestProject): Promise<() => void> {
  // Below node_modules, from where the build finds its packages; a folder per run, as two may run at once.
  const cache = join(root, 'node_modules', '.cache')
  mkdirSync(cache, { recursive: true })
  const outDir = mkdtempSync(join(cache, 'test-build-'))
  // Some tests run the server as a user without rights.
  chmodSync(outDir, 0o755)
  const compile = () => compileInto(outDir)
  await compile()
  project.onTestsRerun(compile)
  process.env[buildVariable] = outDir
  return () => rmSync(outDir, { recursive: true, force: true })
}

/** As users get the package, but with the source of the repository's other packages in place of their builds. */
async function compileInto(outDir: string): Promise<void> {
  const entry = Object.fromEntries(
    Object.entries(entryPoints).map(([name, source]) => [name, join(root, source)]),
  )
  await build({
    ...commonOptions,
    config: false,
    silent: true,
    entry,
    outDir,
    format: ['esm'],
    sourcemap: true,
    external: npmPackages(),
    noExternal: [/^@dowellchat\//],
    esbuildOptions: (options) => {
      options.conditions = ['@dowellchat/source']
    },
  })
}

/** What the build loads from node_modules, as the published package does; tsup would look in the folder it runs in. */
function npmPackages(): string[] {
  const { dependencies, optionalDependencies, peerDependencies } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  )
  const names = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })
  return names.filter((name) => !name.startsWith('@dowellchat/'))
}
