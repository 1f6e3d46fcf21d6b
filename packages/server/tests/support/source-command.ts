import { fileURLToPath } from 'node:url'

/** The command that runs a file of the package, given from its root, from source. */
export function sourceCommand(file: string, ...args: string[]): [file: string, ...args: string[]] {
  const path = fileURLToPath(new URL(`../../${file}`, import.meta.url))
  const tsx = import.meta.resolve('tsx')
  return [process.execPath, '--conditions=@dowellchat/source', '--import', tsx, path, ...args]
}

/** The writer of the cases that kill: its store is opened by a function of a module below `src`. */
export function storeWriter(
  module: string,
  open: string,
  argument: unknown,
): ReturnType<typeof sourceCommand> {
  return sourceCommand('tests/support/store-writer.ts', module, open, JSON.stringify(argument))
}
