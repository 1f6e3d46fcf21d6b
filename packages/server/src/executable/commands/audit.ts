import { StartError } from '../../errors.ts'
import { asOperator, operatorUsage, parseCommand, print } from './operator.ts'
import { wholeNumberOf } from './values.ts'

export const usage = `dowellchat-server audit [--limit <n>]

  Prints the audit trail, newest first, one row a line.

  --limit           how many rows; default: all
${operatorUsage}
`

const pageRows = 100

/** `dowellchat-server audit`: prints who did what. */
export async function audit(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const { values } = parseCommand(args, { limit: { type: 'string' } }, usage)
  const most = values.limit === undefined ? Number.POSITIVE_INFINITY : wholeNumberOf('--limit', values.limit)
  if (most === 0) throw new StartError(`--limit: expected a number from 1 on\n\n${usage}`)
  await asOperator(values, environment, async (operator) => {
    let left = most
    for (let before: string | undefined, more = true; more && left > 0; ) {
      const limit = Math.min(left, pageRows)
      const page = await operator.request('get_audit', { limit, ...(before !== undefined && { before }) })
      for (const entry of page.entries) print(entry)
      left -= page.entries.length
      before = page.entries.at(-1)?._id
      more = page.more
    }
  })
}
