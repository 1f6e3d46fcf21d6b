import { StartError } from '../../errors.ts'
import { asOperator, operatorUsage, parseCommand, print } from './operator.ts'

export const usage = `dowellchat-server revoke <user id>

  Ends the user's sessions on every server: tokens and guest tokens from before now are refused.

${operatorUsage}
`

/** `dowellchat-server revoke <user id>`: ends a user's sessions. */
export async function revoke(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const { values, positionals } = parseCommand(args, {}, usage)
  const [user_id, ...others] = positionals
  if (user_id === undefined || others.length > 0)
    throw new StartError(`revoke needs the id of one user\n\n${usage}`)
  await asOperator(values, environment, async (operator) => {
    print(await operator.request('revoke_sessions', { user_id }))
  })
}
