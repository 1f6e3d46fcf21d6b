import { expect } from 'vitest'
import { StartError } from '../../src/errors.ts'
import { StoreOpenError } from '../../src/stores/store.ts'
import { ServerProcess, type ServerProcessOptions } from './server-process.ts'

/** Fails unless the server refuses to start: it prints the reason and advice without a stack trace, and exits with code 1. */
export async function expectRefused(
  options: ServerProcessOptions,
  problem: RegExp,
  advice: RegExp,
): Promise<void> {
  const server = new ServerProcess(options)
  // Do not wait for a server that starts after all.
  server.listening().then(
    () => server.signal('SIGKILL'),
    () => undefined,
  )
  expect(await server.exited(), `exit code, after: ${server.stderr}`).toBe(1)
  expect(server.stderr).toMatch(/^dowellchat-server: /)
  expect(server.stderr).toMatch(problem)
  expect(server.stderr).toMatch(advice)
  expect(server.stderr, 'a stack trace').not.toMatch(/\n\s+at /)
  expect(server.stdout).not.toContain('listens')
}

/** Fails unless a command rejects with an error that the executable prints without a stack trace. */
export async function expectProblem(command: Promise<unknown>, problem: RegExp): Promise<void> {
  const error: unknown = await command.catch((reason: unknown) => reason)
  expect(error instanceof StartError || error instanceof StoreOpenError, String(error)).toBe(true)
  expect((error as Error).message).toMatch(problem)
}
