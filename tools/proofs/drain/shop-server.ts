import { randomUUID } from 'node:crypto'
import { openSocket, type TestSocket } from '../../../packages/server/src/testing/test-socket.ts'
import { ExecutableProcess } from '../../../packages/server/tests/support/executable-process.ts'
import { patientLimitsVariable } from '../../../packages/server/tests/support/raised-limits.ts'
import { type Program, programArgs } from '../stores/server-process.ts'

export const shopKey = { workspace_id: 'shop', api_key: 'shop-key-with-more-than-32-letters' } as const

/**
 * The executable on a data folder, with the workspace `shop`.
 * @param limits as `LIMITS`, in place of those that a proof does not reach
 */
export function startShop(
  program: Program,
  dataDir: string,
  limits = patientLimitsVariable,
): Promise<ExecutableProcess> {
  return startShopOn(program, { DATA_DIR: dataDir, LIMITS: limits })
}

/** The same, on what its environment says. */
export async function startShopOn(
  program: Program,
  more: Readonly<Record<string, string>>,
): Promise<ExecutableProcess> {
  const env = {
    WORKSPACES: `${shopKey.workspace_id}:${shopKey.api_key}`,
    KEY_PEPPER: 'a pepper of the proofs',
    HOST: '127.0.0.1',
    PORT: '0',
    LIMITS: patientLimitsVariable,
    ...more,
  }
  const server = new ExecutableProcess({ command: [process.execPath, ...programArgs(program)], env })
  await server.listening()
  return server
}

/** Somebody of the shop, on a plain socket of the current dialect that does not come back. */
export function enterShop(url: string, user_id: string): Promise<TestSocket> {
  const auth = { protocol: 1, device_id: randomUUID(), ...shopKey, user_id }
  return openSocket(url, { transports: ['websocket'], auth }, { kept: () => undefined }).admitted()
}
