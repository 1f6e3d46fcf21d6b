import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { openers } from './store-writer.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The environment variable that names the folder of this run's build; the threads of stores read it too. */
export const buildVariable = 'DOWELLCHAT_TEST_BUILD'

const programs = {
  main: 'src/executable/main.ts',
  'store-writer': 'tests/support/store-writer.ts',
}

/** The programs that are built for the tests: their names and sources. */
export const entryPoints = {
  ...programs,
  // Started by stores themselves, here and in `main`.
  'embedded-worker': 'src/stores/embedded/worker.ts',
}

type Command = [file: string, ...args: string[]]

/** The command that runs a program: the tests' build, or outside of tests the source. */
export function programCommand(name: keyof typeof programs, ...args: readonly string[]): Command {
  const folder = process.env[buildVariable]
  const runs = folder
    ? ['--enable-source-maps', join(folder, `${name}.js`)]
    : ['--conditions=@dowellchat/source', '--import', import.meta.resolve('tsx'), join(root, programs[name])]
  return [process.execPath, ...runs, ...args]
}

/** The `writer` of durable store cases. It opens its store with this function and argument. */
export function storeWriter(open: keyof typeof openers, argument: unknown): Command {
  return programCommand('store-writer', open, JSON.stringify(argument))
}
