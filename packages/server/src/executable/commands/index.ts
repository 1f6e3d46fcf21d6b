import { audit } from './audit.ts'
import { backup } from './backup.ts'
import { check } from './check.ts'
import { keys } from './keys.ts'
import { migrate } from './migrate.ts'
import { eraseUser, exportUser } from './personal-data.ts'
import { restore } from './restore.ts'
import { revoke } from './revoke.ts'
import { verify } from './verify.ts'
import { webhooks } from './webhooks.ts'

/** Runs to its end, or rejects with the error to print. */
export type Command = (args: readonly string[], environment: NodeJS.ProcessEnv) => Promise<void>

/** The executable's commands, by their first argument. */
export const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['backup', backup],
  ['restore', restore],
  ['check', check],
  ['migrate', migrate],
  ['verify', verify],
  ['keys', keys],
  ['revoke', revoke],
  ['audit', audit],
  ['export', exportUser],
  ['erase', eraseUser],
  ['webhooks', webhooks],
])
