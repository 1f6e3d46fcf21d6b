import { parseArgs } from 'node:util'
import { StartError } from '../../errors.ts'
import { socketPathOf } from '../../http/socket-path.ts'
import { StoreOpenError } from '../../stores/store.ts'
import { openOffline } from './offline.ts'
import { openOnline } from './online.ts'
import type { Operator } from './requests.ts'

const text = { type: 'string' } as const

/** The options of every operator's command. */
export const operatorOptions = { url: text, key: text, workspace: text } as const

export const operatorUsage = `  --url, --key      a running server, and a key with the scopes; else DOWELLCHAT_URL and DOWELLCHAT_KEY, and SOCKET_PATH
                    if it has one. Without a URL the command opens the store itself: DATA_DIR or MONGODB_URI, with KEY_PEPPER
  --workspace       default: the only one in WORKSPACES`

interface OperatorOptions {
  readonly url?: string | undefined
  readonly key?: string | undefined
  readonly workspace?: string | undefined
}

/**
 * Runs something as an operator.
 * @param mayBeNew whether it may make a store and the first row of a workspace
 * @throws StartError that says what is missing
 */
export async function asOperator<T>(
  { url, key, workspace }: OperatorOptions,
  environment: NodeJS.ProcessEnv,
  run: (operator: Operator) => Promise<T>,
  { mayBeNew = false } = {},
): Promise<T> {
  const at = url ?? environment.DOWELLCHAT_URL
  const path = socketPathOf(environment.SOCKET_PATH || undefined, 'SOCKET_PATH')
  const workspaceId = workspace ?? onlyWorkspace(environment)
  const api_key = key ?? environment.DOWELLCHAT_KEY
  if (at && !api_key) throw new StartError('--key is missing: a key with the scope that this command needs')
  const operator = at
    ? await openOnline({ url: at, path, key: api_key ?? '', workspaceId })
    : await openOffline(workspaceId, environment, mayBeNew).catch(explain)
  try {
    return await run(operator)
  } finally {
    await operator.close()
  }
}

/** Parses a command's arguments. @throws StartError with the usage */
export function parseCommand<O extends NonNullable<Parameters<typeof parseArgs>[0]>['options']>(
  args: readonly string[],
  options: O,
  usage: string,
) {
  const parsed = parse()
  const empty = Object.entries<unknown>(parsed.values).find(([, value]) => value === '')
  if (empty) throw new StartError(`--${empty[0]} is empty: name its value, or leave it out`)
  return parsed

  function parse() {
    try {
      return parseArgs({
        args: [...args],
        options: { ...operatorOptions, ...options },
        allowPositionals: true,
      })
    } catch (cause) {
      throw new StartError(`${(cause as Error).message}\n\n${usage}`, { cause })
    }
  }
}

/** One answer a line, for people and programs. */
export function print(answer: unknown): void {
  console.log(JSON.stringify(answer))
}

function onlyWorkspace({ WORKSPACES = '' }: NodeJS.ProcessEnv): string {
  const ids = new Set(WORKSPACES.split(',').flatMap((entry) => entry.trim().split(':')[0] || []))
  const [id] = ids
  if (id !== undefined && ids.size === 1) return id
  throw new StartError('--workspace is missing: which workspace is it about?')
}

function explain(error: unknown): never {
  if (!(error instanceof StoreOpenError)) throw error
  throw new StartError(`${error.message}. If a server runs on it, name that server with --url and --key`, {
    cause: error,
  })
}
