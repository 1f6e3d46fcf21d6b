import { expect } from 'vitest'
import { StartError } from '../../src/errors.ts'
import { StoreOpenError } from '../../src/stores/store.ts'
import { ServerProcess, type ServerProcessOptions } from './server-process.ts'

/** Refuses to start: says why and what to do in one line of its own, ends by itself, and not with success. */
export async function expectRefused(
  options: ServerProcessOptions,
  problem: RegExp,
  advice: RegExp,
): Promise<void> {
  const server = new ServerProcess(options)
  // One that starts after all is not waited for.
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

/** A command that runs in this process rejects with what the executable prints without a stack trace. */
export async function expectProblem(command: Promise<unknown>, problem: RegExp): Promise<void> {
  const error: unknown = await command.catch((reason: unknown) => reason)
  expect(error instanceof StartError || error instanceof StoreOpenError, String(error)).toBe(true)
  expect((error as Error).message).toMatch(problem)
}
