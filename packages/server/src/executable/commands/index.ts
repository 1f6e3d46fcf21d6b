import { usage as verifyUsage } from '../verify/options.ts'
import { audit, usage as auditUsage } from './audit.ts'
import { backup, usage as backupUsage } from './backup.ts'
import { check, usage as checkUsage } from './check.ts'
import { keys, usage as keysUsage } from './keys.ts'
import { migrate, usage as migrateUsage } from './migrate.ts'
import { eraseUsage, eraseUser, exportUsage, exportUser } from './personal-data.ts'
import { restore, usage as restoreUsage } from './restore.ts'
import { revoke, usage as revokeUsage } from './revoke.ts'
import { verify } from './verify.ts'
import { webhooks, usage as webhooksUsage } from './webhooks.ts'

export interface Command {
  /** Runs to its end, or rejects with the error to print. */
  run(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<void>
  /** What `--help` prints. */
  readonly usage: string
}

/** The executable's commands, by their first argument. */
export const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['backup', { run: backup, usage: backupUsage }],
  ['restore', { run: restore, usage: restoreUsage }],
  ['check', { run: check, usage: checkUsage }],
  ['migrate', { run: migrate, usage: migrateUsage }],
  ['verify', { run: verify, usage: verifyUsage }],
  ['keys', { run: keys, usage: keysUsage }],
  ['revoke', { run: revoke, usage: revokeUsage }],
  ['audit', { run: audit, usage: auditUsage }],
  ['export', { run: exportUser, usage: exportUsage }],
  ['erase', { run: eraseUser, usage: eraseUsage }],
  ['webhooks', { run: webhooks, usage: webhooksUsage }],
])
