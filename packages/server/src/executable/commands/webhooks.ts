import { StartError } from '../../errors.ts'
import { asOperator, operatorUsage, parseCommand, print } from './operator.ts'
import type { Operator } from './requests.ts'
import { timeOf, wholeNumberOf } from './values.ts'

export const usage = `dowellchat-server webhooks failures <webhook id>
dowellchat-server webhooks resume <webhook id> [--stream <stream>]
dowellchat-server webhooks replay <webhook id> --since <time> [--stream <stream>]
dowellchat-server webhooks replay <webhook id> --stream <stream> --seq <n>

  failures          prints the streams that the webhook has not taken last, the parked ones too
  resume            tries them again at once
  replay            sends once more what was made since a time, or follows the entry with that seq
  --since           such as 2027-01-31 or 2027-01-31T12:00:00Z
  --stream          such as room:lobby or ticket:<id>
${operatorUsage}

  A server key needs the scope webhooks.
`

const text = { type: 'string' } as const
const options = { stream: text, seq: text, since: text } as const

interface Values {
  readonly webhook_id: string
  readonly stream?: string | undefined
  readonly seq?: string | undefined
  readonly since?: string | undefined
}

/** `dowellchat-server webhooks …`: shows what a webhook has not taken, tries it again, and replays. */
export async function webhooks(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const { values, positionals } = parseCommand(args, options, usage)
  const [action, webhook_id, ...others] = positionals
  const run = actions[action ?? '']
  if (!run || webhook_id === undefined || others.length > 0)
    throw new StartError(`webhooks: what shall it do, and of which webhook?\n\n${usage}`)
  await asOperator(values, environment, (operator) => run(operator, { ...values, webhook_id }))
}

const actions: Readonly<Record<string, (operator: Operator, values: Values) => Promise<void>>> = {
  async failures(operator, { webhook_id }) {
    for (let after: string | undefined, more = true; more; ) {
      const page = await operator.request('get_failed_deliveries', {
        webhook_id,
        ...(after !== undefined && { after }),
      })
      for (const delivery of page.deliveries) print(delivery)
      after = page.deliveries.at(-1)?.stream
      more = page.more
    }
  },

  async resume(operator, { webhook_id, stream }) {
    let streams = 0
    for (let more = true; more; ) {
      const resumed = await operator.request('resume_webhook', {
        webhook_id,
        ...(stream !== undefined && { stream }),
      })
      streams += resumed.streams
      more = resumed.more
    }
    print({ webhook_id, streams })
  },

  async replay(operator, { webhook_id, stream, seq, since }) {
    const position = {
      webhook_id,
      ...(stream !== undefined && { stream }),
      ...(seq !== undefined && { seq: wholeNumberOf('--seq', seq) }),
      ...(since !== undefined && { since: timeOf('--since', since) }),
    }
    let streams = 0
    for (let after: string | null | undefined; after !== null; ) {
      const page = await operator.request('replay_webhook', {
        ...position,
        ...(after !== undefined && { after }),
      })
      streams += page.streams
      after = page.next
    }
    print({ webhook_id, streams })
  },
}
