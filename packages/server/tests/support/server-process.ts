import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { ExecutableProcess } from './executable-process.ts'
import { programCommand } from './programs.ts'
import { patientLimitsVariable } from './raised-limits.ts'

export interface ServerProcessOptions {
  /** The whole configuration: nothing of the test's own environment reaches the server. */
  readonly env?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  /** A module that runs before the server, in each of its threads. */
  readonly preload?: string
  /** Whom it runs as; only root may name somebody else. */
  readonly uid?: number
}

/** The executable as a process of its own. It does not outlive the test. */
export class ServerProcess extends ExecutableProcess {
  constructor({ env = {}, args = [], preload, uid }: ServerProcessOptions) {
    const imports = preload === undefined ? {} : { NODE_OPTIONS: `--import=${preload}` }
    super({ command: programCommand('main', ...args), env: { ...imports, ...env }, uid })
    onTestFinished(() => this.stop('SIGKILL').then(() => undefined))
  }
}

/** A workspace `shop` with the key `shop-key-with-more-than-32-letters`, and a free port. */
export function shop(dataDir: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    WORKSPACES: 'shop:shop-key-with-more-than-32-letters',
    KEY_PEPPER: 'a pepper of the tests',
    DATA_DIR: dataDir,
    HOST: '127.0.0.1',
    PORT: '0',
    LIMITS: patientLimitsVariable,
    ...more,
  }
}

/** Starts the executable and waits until it listens. */
export async function startProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const server = new ServerProcess(options)
  await server.listening()
  return server
}

/** An empty folder that the test leaves nothing of. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
