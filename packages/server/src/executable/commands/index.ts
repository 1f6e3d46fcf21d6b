import { backup } from './backup.ts'
import { migrate } from './migrate.ts'

/** Does its work and resolves, or rejects with what to tell. */
export type Command = (args: readonly string[], environment: NodeJS.ProcessEnv) => Promise<void>

/** What the executable can do besides serving, by the argument that comes first. */
export const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['backup', backup],
  ['migrate', migrate],
])
