import { vi } from 'vitest'
import { commands } from '../../src/executable/commands/index.ts'

/** Runs a command of the executable in this process, quietly; answers what it printed. `''` in its line is an empty word. */
export async function runCommand(line: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const [name = '', ...args] = line.split(' ').map((word) => (word === "''" ? '' : word))
  const printed = vi.spyOn(console, 'log').mockImplementation(() => {})
  try {
    await commands.get(name)?.run(args, environment)
    return printed.mock.calls.flat().join('\n')
  } finally {
    printed.mockRestore()
  }
}
