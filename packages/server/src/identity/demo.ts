import { randomBytes } from 'node:crypto'
import { StartError } from '../errors.ts'
import { serveDemoTokens } from '../http/demo-tokens.ts'
import type { Route } from '../http/route.ts'
import { signUserToken } from '../tokens/index.ts'
import type { TokenOwner } from './tokens.ts'

const workspace_id = 'demo'

/** What gives out the demo's tokens, and what they are verified with. */
export interface Demo {
  readonly route: Route
  readonly owner: TokenOwner
}

/**
 * Tokens of the demo end with the server: their secret is new at every start.
 * @throws StartError if there is no workspace for it
 */
export function openDemo(workspaces: readonly string[]): Demo {
  if (!workspaces.includes(workspace_id))
    throw new StartError(`demo: add a workspace ${workspace_id}, or leave \`demo\` out`)
  const secret = randomBytes(32).toString('base64url')
  return {
    route: serveDemoTokens(({ name, ...user }) =>
      signUserToken({ ...user, workspace_id, ...(name !== undefined && { name }) }, { secret }),
    ),
    owner: { workspace_id, tokens: { secrets: [secret] } },
  }
}
