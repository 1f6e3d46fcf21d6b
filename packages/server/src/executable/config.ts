import { Id } from '@dowellchat/protocol'
import * as z from 'zod/mini'
import { StartError } from '../errors.ts'
import type { TokenOptions } from '../identity/tokens.ts'
import type { WorkspaceOptions } from '../identity/workspaces.ts'
import { type LogLevel, logLevels } from './logger.ts'
import { readTokens, tokenVariables } from './token-config.ts'

/** The configuration of the executable. */
export interface Config {
  readonly port: number
  readonly host: string | undefined
  /** A folder, or `:memory:`. Ignored if `mongodbUri` is set. */
  readonly dataDir: string
  readonly mongodbUri: string | undefined
  readonly workspaces: readonly WorkspaceOptions[]
  /** If not set, it is generated: in the data folder, or per start for a demo on MongoDB. */
  readonly keyPepper: string | undefined
  readonly tokens: TokenOptions | undefined
  readonly v2: { readonly workspace: string } | undefined
  readonly logLevel: LogLevel | undefined
}

/** The data folder if DATA_DIR names none. */
export const defaultDataDir = 'dowellchat-data'

const demo: WorkspaceOptions = {
  id: 'demo',
  keys: [{ key: 'demo-key', kinds: ['page', 'server'] }],
  guests: true,
  customersMeet: 'anybody',
}

/** Variables for features that do not exist yet: refusing them is safer than ignoring them. */
const notYet = ['ORIGINS', 'REDIS_URL']

const Environment = z.object({
  PORT: z.optional(
    z
      .string()
      .check(
        z.refine(
          (text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535,
          'expected a port from 0 to 65535',
        ),
      ),
  ),
  HOST: z.optional(z.string()),
  DATA_DIR: z.optional(z.string()),
  MONGODB_URI: z.optional(z.string()),
  WORKSPACES: z.optional(z.string()),
  KEY_PEPPER: z.optional(z.string().check(z.minLength(16, 'expected at least 16 characters'))),
  V2_WORKSPACE: z.optional(Id),
  ...tokenVariables,
  LOG_LEVEL: z.optional(z.enum(logLevels, `expected ${logLevels.join(', ')}`)),
})

/**
 * Reads the configuration from the environment; an empty variable counts as not set.
 * @throws StartError that names the variable, what is wrong with it and what to do
 */
export function readConfig(environment: NodeJS.ProcessEnv, { isDemo }: { isDemo: boolean }): Config {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const early = notYet.find((name) => set[name] !== undefined)
  if (early) throw new StartError(`${early} is not supported yet: remove it`)
  const parsed = z.safeParse(Environment, set)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new StartError(`${String(issue?.path[0])}: ${issue?.message}`)
  }
  const {
    PORT = '4000',
    HOST,
    DATA_DIR = defaultDataDir,
    MONGODB_URI,
    WORKSPACES = '',
    KEY_PEPPER,
    V2_WORKSPACE,
    LOG_LEVEL,
  } = parsed.data
  const workspaces = isDemo ? withDemo(readWorkspaces(WORKSPACES)) : readWorkspaces(WORKSPACES)
  if (workspaces.length === 0) {
    throw new StartError(
      'No workspace has a key: set WORKSPACES=<id>:<key>, or start with --demo to try it out',
    )
  }
  if (MONGODB_URI !== undefined && KEY_PEPPER === undefined && !isDemo) {
    throw new StartError(
      'KEY_PEPPER: needed with MONGODB_URI, because all servers on one database must hash keys with the same secret: set it to a secret of 16 characters or more',
    )
  }
  const v2 = V2_WORKSPACE ?? (isDemo ? demo.id : undefined)
  if (v2 !== undefined && !workspaces.some(({ id }) => id === v2)) {
    throw new StartError(`V2_WORKSPACE: ${v2} is not among WORKSPACES`)
  }
  return {
    port: Number(PORT),
    host: HOST ?? (isDemo ? '127.0.0.1' : undefined),
    dataDir: DATA_DIR,
    mongodbUri: MONGODB_URI,
    workspaces,
    keyPepper: KEY_PEPPER,
    tokens: readTokens(parsed.data),
    v2: v2 === undefined ? undefined : { workspace: v2 },
    logLevel: LOG_LEVEL,
  }
}

function withDemo(configured: readonly WorkspaceOptions[]): WorkspaceOptions[] {
  const further = configured.find(({ id }) => id === demo.id)
  const others = configured.filter(({ id }) => id !== demo.id)
  return [{ ...demo, keys: [...demo.keys, ...(further?.keys ?? [])] }, ...others]
}

/** Reads `id:key,id:key`. Repeat an id to add a key. */
function readWorkspaces(text: string): WorkspaceOptions[] {
  const keys = new Map<string, string[]>()
  for (const [at, part] of text.split(',').entries()) {
    if (part.trim() === '') continue
    const [, id = '', key = ''] = /^([^:]*):(.*)$/s.exec(part.trim()) ?? []
    // Never quote the entry in the message: it may contain a key.
    if (!z.safeParse(Id, id).success || !z.safeParse(Id, key).success) {
      throw new StartError(
        `WORKSPACES: entry ${at + 1} is not <id>:<key>, each of 1 to 128 visible characters`,
      )
    }
    keys.set(id, [...(keys.get(id) ?? []), key])
  }
  return [...keys].map(([id, ofId]) => ({ id, keys: ofId }))
}
