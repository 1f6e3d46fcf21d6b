import { backup } from './backup.ts'
import { check } from './check.ts'
import { migrate } from './migrate.ts'

/** Runs to its end, or rejects with the error to print. */
export type Command = (args: readonly string[], environment: NodeJS.ProcessEnv) => Promise<void>

/** The executable's commands, by their first argument. */
export const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['backup', backup],
  ['check', check],
  ['migrate', migrate],
])
