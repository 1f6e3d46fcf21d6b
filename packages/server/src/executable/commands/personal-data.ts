import { StartError } from '../../errors.ts'
import { asOperator, operatorUsage, parseCommand, print } from './operator.ts'

export const exportUsage = `dowellchat-server export <user id>

  Prints everything that is kept about a user, one row a line.

${operatorUsage}
`

export const eraseUsage = `dowellchat-server erase <user id>

  Erases everything of a user: messages become \`removed\`, elsewhere a hash takes the place of the id. If it is interrupted, run
  it again. It cannot be undone.

${operatorUsage}
`

/** `dowellchat-server export <user id>`: prints what is kept about a user. */
export async function exportUser(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const { user_id, values } = userOf(args, 'export', exportUsage)
  await asOperator(values, environment, async (operator) => {
    for (let after: string | null | undefined; after !== null; ) {
      const page = await operator.request('export_user', { user_id, ...(after !== undefined && { after }) })
      for (const row of page.rows) print(row)
      after = page.next
    }
  })
}

/** `dowellchat-server erase <user id>`: erases a user. */
export async function eraseUser(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const { user_id, values } = userOf(args, 'erase', eraseUsage)
  await asOperator(values, environment, async (operator) => {
    let rows = 0
    for (let after: string | null | undefined; after !== null; ) {
      const page = await operator.request('erase_user', { user_id, ...(after !== undefined && { after }) })
      rows += page.rows
      after = page.next
    }
    print({ user_id, rows })
  })
}

function userOf(args: readonly string[], name: string, usage: string) {
  const { values, positionals } = parseCommand(args, {}, usage)
  const [user_id, ...others] = positionals
  if (user_id === undefined || others.length > 0)
    throw new StartError(`${name} needs the id of one user\n\n${usage}`)
  return { user_id, values }
}
