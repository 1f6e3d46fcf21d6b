import * as z from 'zod/mini'
import type { IceOptions } from '../calls/ice-servers.ts'
import { StartError } from '../errors.ts'
import { frameAncestorsOf, originsOf } from '../http/origins.ts'
import { socketPathOf } from '../http/socket-path.ts'
import { addressThrough, type TrustedProxies } from '../identity/address.ts'
import type { TokenOptions } from '../identity/tokens.ts'
import type { WorkspaceOptions } from '../identity/workspaces.ts'
import type { LimitOptions } from '../limits.ts'
import { redisPlaceOf } from '../nodes/redis-place.ts'
import type { WebhookOptions } from '../webhooks/options.ts'
import { type FileConfig, fileVariables, readFiles } from './file-config.ts'
import { iceVariables, readIce } from './ice-config.ts'
import { type LogLevel, logLevels } from './logger.ts'
import type { MetricsPort } from './metrics-port.ts'
import { readTokens, tokenVariables } from './token-config.ts'
import { readWebhooks } from './webhook-config.ts'
import { listOf, readWorkspaces } from './workspaces.ts'

/** The configuration of the executable. */
export interface Config {
  readonly port: number
  readonly host: string | undefined
  readonly socketPath: string | undefined
  /** A folder, or `:memory:`. Ignored if `mongodbUri` is set. */
  readonly dataDir: string
  readonly mongodbUri: string | undefined
  readonly redisUrl: string | undefined
  readonly workspaces: readonly WorkspaceOptions[]
  /** If not set, it is generated: in the data folder, or per start for a demo on MongoDB. */
  readonly keyPepper: string | undefined
  readonly tokens: TokenOptions | undefined
  readonly v2: { readonly workspace: string } | undefined
  readonly origins: readonly string[] | undefined
  readonly frameAncestors: readonly string[] | undefined
  readonly trustedProxies: TrustedProxies | undefined
  readonly limits: LimitOptions
  readonly webhooks: readonly WebhookOptions[] | undefined
  /** Where the files of messages are; undefined where they have none. */
  readonly files: FileConfig | undefined
  readonly iceServers: IceOptions | undefined
  /** Where the metrics are served; undefined if they are off. */
  readonly metrics: MetricsPort | undefined
  readonly logLevel: LogLevel | undefined
}

/** The data folder if DATA_DIR names none. */
export const defaultDataDir = 'dowellchat-data'

const Port = z
  .string()
  .check(
    z.refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535, 'expected a port from 0 to 65535'),
  )

const Environment = z.object({
  PORT: z.optional(Port),
  METRICS_PORT: z.optional(Port),
  HOST: z.optional(z.string()),
  SOCKET_PATH: z.optional(z.string()),
  DATA_DIR: z.optional(z.string()),
  MONGODB_URI: z.optional(z.string()),
  REDIS_URL: z.optional(z.string()),
  WORKSPACES: z.optional(z.string()),
  KEY_PEPPER: z.optional(z.string().check(z.minLength(16, 'expected at least 16 characters'))),
  V2_WORKSPACE: z.optional(z.string()),
  GUESTS: z.optional(z.string()),
  SEARCH: z.optional(z.string()),
  ORIGINS: z.optional(z.string()),
  FRAME_ANCESTORS: z.optional(z.string()),
  TRUSTED_PROXIES: z.optional(z.string()),
  LIMITS: z.optional(z.string()),
  WEBHOOKS: z.optional(z.string()),
  ...tokenVariables,
  ...fileVariables,
  ...iceVariables,
  LOG_LEVEL: z.optional(z.enum(logLevels, `expected ${logLevels.join(', ')}`)),
})

/**
 * Reads the configuration from the environment; an empty variable counts as not set.
 * @throws StartError that names the variable, what is wrong with it and what to do
 */
export function readConfig(environment: NodeJS.ProcessEnv, { isDemo }: { isDemo: boolean }): Config {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const parsed = z.safeParse(Environment, set)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new StartError(`${String(issue?.path[0])}: ${issue?.message}`)
  }
  const {
    PORT = '4000',
    METRICS_PORT,
    HOST,
    SOCKET_PATH,
    DATA_DIR = defaultDataDir,
    MONGODB_URI,
    REDIS_URL,
    KEY_PEPPER,
    ORIGINS,
    FRAME_ANCESTORS,
    TRUSTED_PROXIES,
    LIMITS = '',
    WEBHOOKS,
    LOG_LEVEL,
  } = parsed.data
  const { workspaces, v2 } = readWorkspaces(parsed.data, { isDemo })
  if (workspaces.length === 0) {
    throw new StartError(
      'There is no workspace: set WORKSPACES=<id>:<key>, or start with --demo to try it out',
    )
  }
  if (MONGODB_URI !== undefined && KEY_PEPPER === undefined && !isDemo) {
    throw new StartError(
      'KEY_PEPPER: needed with MONGODB_URI, because all servers on one database must hash keys with the same secret: set it to a secret of 16 characters or more',
    )
  }
  return {
    port: Number(PORT),
    host: HOST ?? (isDemo ? '127.0.0.1' : undefined),
    socketPath: SOCKET_PATH === undefined ? undefined : socketPathOf(SOCKET_PATH, 'SOCKET_PATH'),
    dataDir: DATA_DIR,
    mongodbUri: MONGODB_URI,
    redisUrl: readRedis(REDIS_URL, MONGODB_URI),
    workspaces,
    keyPepper: KEY_PEPPER,
    tokens: readTokens(parsed.data),
    v2,
    origins: readOrigins(ORIGINS),
    frameAncestors: readAncestors(FRAME_ANCESTORS),
    trustedProxies: readProxies(TRUSTED_PROXIES),
    limits: readLimits(LIMITS),
    webhooks: readWebhooks(
      WEBHOOKS,
      workspaces.map(({ id }) => id),
    ),
    files: readFiles(parsed.data, { isDemo, dataDir: DATA_DIR }),
    iceServers: readIce(parsed.data),
    metrics:
      METRICS_PORT === undefined ? undefined : { port: Number(METRICS_PORT), host: HOST ?? '127.0.0.1' },
    logLevel: LOG_LEVEL,
  }
}

function readRedis(url: string | undefined, mongodbUri: string | undefined): string | undefined {
  if (url === undefined) return undefined
  redisPlaceOf(url, 'REDIS_URL')
  if (mongodbUri === undefined)
    throw new StartError(
      'REDIS_URL: is for several servers on one MongoDB, and one server on a data folder needs none: set MONGODB_URI too, or remove REDIS_URL',
    )
  return url
}

function readOrigins(text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined
  const origins = listOf(text)
  if (origins.length === 0) throw new StartError('ORIGINS: expected origins such as https://chat.example')
  originsOf(origins, 'ORIGINS')
  return origins
}

function readAncestors(text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined
  const ancestors = listOf(text)
  frameAncestorsOf(ancestors, 'FRAME_ANCESTORS')
  return ancestors
}

function readProxies(text: string | undefined): TrustedProxies | undefined {
  if (text === undefined) return undefined
  const proxies = /^\d{1,2}$/.test(text.trim()) ? Number(text) : listOf(text)
  addressThrough(proxies, 'TRUSTED_PROXIES')
  return proxies
}

/** Reads `<limit>=<number>,…`; the server checks the names. */
function readLimits(text: string): LimitOptions {
  return Object.fromEntries(
    listOf(text).map((part) => {
      const [, name, value] = /^([a-zA-Z]\w*)=(\d+)$/.exec(part) ?? []
      if (name === undefined)
        throw new StartError(`LIMITS: expected <limit>=<whole number>, as userPoints=2000, got ${part}`)
      return [name, Number(value)]
    }),
  )
}
