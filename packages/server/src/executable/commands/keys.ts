import { type KeyKind, KeyScope } from '@dowellchat/protocol'
import { v7 as uuid } from 'uuid'
import { StartError } from '../../errors.ts'
import { asOperator, operatorUsage, parseCommand, print } from './operator.ts'
import type { Operator } from './requests.ts'
import { timeOf, wholeNumberOf } from './values.ts'

export const usage = `dowellchat-server keys create [--kind server|page] [--name <name>] [--scopes <scope>,…] [--expires <time>]
dowellchat-server keys list
dowellchat-server keys rotate <key id> [--grace-ms <n>] [--expires <time>]
dowellchat-server keys revoke <key id>

  --scopes          ${KeyScope.options.join(', ')}: what a server key may do beside chatting
  --expires         such as 2027-01-31 or 2027-01-31T12:00:00Z
  --grace-ms        how long the old key still works; default: a day
${operatorUsage}

  A key is shown once, by the command that creates it.
`

const text = { type: 'string' } as const
const options = { kind: text, name: text, scopes: text, expires: text, 'grace-ms': text } as const

/** `dowellchat-server keys …`: creates, lists, rotates and revokes keys. */
export async function keys(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const { values, positionals } = parseCommand(args, options, usage)
  const [action, keyId, ...others] = positionals
  const isWhole = (action === 'create' || action === 'list') === (keyId === undefined)
  const run = actions[action ?? '']
  if (!run || !isWhole || others.length > 0) throw new StartError(`keys: what shall it do?\n\n${usage}`)
  await asOperator(values, environment, (operator) => run(operator, { ...values, keyId: keyId ?? '' }), {
    mayBeNew: action === 'create',
  })
}

interface Values {
  readonly keyId: string
  readonly kind?: string | undefined
  readonly name?: string | undefined
  readonly scopes?: string | undefined
  readonly expires?: string | undefined
  readonly 'grace-ms'?: string | undefined
}

const actions: Readonly<Record<string, (operator: Operator, values: Values) => Promise<void>>> = {
  async create(operator, { kind = 'server', name, scopes = '', expires }) {
    const wanted = scopes.split(',').filter((scope) => scope !== '')
    print(
      await operator.request('create_key', {
        // The request refuses any other.
        kind: kind as KeyKind,
        scopes: wanted as KeyScope[],
        cid: uuid(),
        ...(name !== undefined && { name }),
        ...(expires !== undefined && { expires_at: timeOf('--expires', expires) }),
      }),
    )
  },

  async list(operator) {
    for (let before: string | undefined, more = true; more; ) {
      const page = await operator.request('get_keys', before === undefined ? {} : { before })
      for (const key of page.keys) print(key)
      before = page.keys.at(-1)?._id
      more = page.more
    }
  },

  async rotate(operator, { keyId, expires, 'grace-ms': grace }) {
    print(
      await operator.request('rotate_key', {
        key_id: keyId,
        cid: uuid(),
        ...(grace !== undefined && { grace_ms: wholeNumberOf('--grace-ms', grace) }),
        ...(expires !== undefined && { expires_at: timeOf('--expires', expires) }),
      }),
    )
  },

  async revoke(operator, { keyId }) {
    print(await operator.request('revoke_key', { key_id: keyId }))
  },
}
