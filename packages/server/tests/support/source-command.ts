import { fileURLToPath } from 'node:url'

/** The command that runs a file of the package, given from its root, from source. */
export function sourceCommand(file: string, ...args: string[]): [file: string, ...args: string[]] {
  const path = fileURLToPath(new URL(`../../${file}`, import.meta.url))
  const tsx = import.meta.resolve('tsx')
  return [process.execPath, '--conditions=@dowellchat/source', '--import', tsx, path, ...args]
}
