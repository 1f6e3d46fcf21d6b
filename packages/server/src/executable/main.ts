#!/usr/bin/env node
import { type ChatServer, createChatServer } from '../chat-server.ts'
import { StartError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import { type Store, StoreOpenError, StoreUnavailableError } from '../stores/store.ts'
import { version } from '../version.ts'
import { commands } from './commands/index.ts'
import { type Config, readConfig } from './config.ts'
import { fillDemo } from './demo-data.ts'
import { createLogger } from './logger.ts'
import { type MetricsPort, serveMetricsPort } from './metrics-port.ts'
import { openBus } from './open-bus.ts'
import { openFiles } from './open-files.ts'
import { keyPepperOf, openStore } from './open-store.ts'
import { type Options, readOptions } from './options.ts'
import { startLines } from './start-lines.ts'
import { endOnSignal, startProblem, tellSlow } from './starting.ts'
import { stopOnSignal } from './stop-on-signal.ts'

const help = `dowellchat-server: chat rooms, calls and support tickets

  dowellchat-server          starts the server with the workspaces in WORKSPACES=<id>:<key>,…
  dowellchat-server --demo   adds a workspace demo, in which anybody on this machine may be anybody; its key is demo-key
      --pages <folder>       also serves the files of a folder, such as your built app
  dowellchat-server --version, --help

  dowellchat-server backup <file>                   copies the data folder's database, also while a server runs on it
  dowellchat-server restore <file>                  puts a backup into the data folder
  dowellchat-server check                           reads everything and prints what is damaged; --rename mends names
  dowellchat-server migrate --from <s> --to <s>     copies workspaces to another store and compares every row
  dowellchat-server verify --store <s>              tries in a place of its own whether your MongoDB or disk keeps what it must
  dowellchat-server keys create|list|rotate|revoke  API keys, also without a restart
  dowellchat-server revoke <user>                   ends a user's sessions on every server
  dowellchat-server audit                           prints who did what
  dowellchat-server export|erase <user>             prints or erases everything of a user
  dowellchat-server webhooks failures|resume|replay what a webhook has not taken, and sends it again

  The commands from keys on ask a running server with --url and --key (else DOWELLCHAT_URL and DOWELLCHAT_KEY), or open its
  store themselves. --workspace <id> says which workspace; default: the only one in WORKSPACES

Environment variables:
  WORKSPACES     <id>:<key>,… with a repeated id for each further key; <id> alone has none yet
  PORT, HOST     where to listen; default: port 4000 on every network interface, with --demo on this machine alone
  SOCKET_PATH    where the sockets are; default: /socket.io
  DATA_DIR       the data folder; default: ./dowellchat-data; :memory: keeps data in memory only
  MONGODB_URI    stores everything in MongoDB instead
  REDIS_URL      redis://[user:password@]host[:port], or rediss:// for TLS: by it several servers on one MongoDB pass each other
                 calls, and messages at once; needs the package redis
  KEY_PEPPER     the secret used to hash keys; needed with MONGODB_URI
  TOKEN_SECRET   <secret>,… that your back end signs users' tokens with, each of 32 bytes or more
  TOKEN_JWKS     or their public keys: a JWKS file, or its URL
  TOKEN_ISSUER, TOKEN_AUDIENCE   what the tokens must have as iss and aud
  V2_WORKSPACE   <id>,… workspaces that take V2's pages, whose keys then are page keys; the first admits V2 sockets that
                 have no identity
  GUESTS         <id>,… workspaces that admit people without a key
  SEARCH         <id>,… workspaces in whose messages people can search
  ORIGINS        https://chat.example,… the only pages that may connect; default: all
  FRAME_ANCESTORS  https://intranet.example,… whose pages may show --pages in a frame, and self; default: nobody's, with --demo self
  TRUSTED_PROXIES  addresses and networks of the proxies in front, or how many there are
  FILES_DIR      a folder for the files of messages, which all servers of a database share; default: no files, with --demo the
                 folder files in DATA_DIR
  FILES_SECRET   signs the addresses of files, of 16 characters or more; default: one that is kept in the folder
  FILES_URL      where browsers fetch files, if not where clients connect
  S3_ENDPOINT, S3_BUCKET, S3_REGION, S3_PREFIX, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY
                 keep the files in a bucket of Amazon S3 or a store like it instead; needs the package aws4fetch
  STUN_URLS      stun:<host>:<port>,… servers that tell browsers their public address, for calls
  TURN_URLS      turn:<host>:<port>,… or turns: addresses of a TURN server, through which calls go where no direct way is open
  TURN_SECRET    its static-auth-secret, with which users get credentials; needed with TURN_URLS
  LIMITS         <limit>=<number>,… as userPoints=2000,userConnections=50; docs/limits.md lists them
  WEBHOOKS       a JSON file with a list of webhooks, or the list itself: docs/guides/webhooks.md
  METRICS_PORT   serves metrics for Prometheus at /metrics, with /health and /ready, on this machine alone unless HOST is set;
                 needs the package prom-client
  LOG_LEVEL      debug, info, warn, error or silent; default: info; debug logs each step of every request
`

async function start(config: Config, { isDemo, pages }: Options, logger: Logger): Promise<ChatServer> {
  const store = await openStore(config, () => tellSlow(config, logger))
  // As an error that nobody has caught: the server stops, and whoever watches over the process starts it anew.
  store.onEnded?.((error) => {
    setImmediate(() => {
      throw error
    })
  })
  try {
    if (isDemo) await fillDemo(store)
    const {
      port,
      host,
      socketPath,
      workspaces,
      tokens,
      v2,
      origins,
      frameAncestors,
      trustedProxies,
      limits,
      webhooks,
      iceServers,
    } = config
    const bus = await openBus(config)
    const attachments = openFiles(config.files)
    return await createChatServer({
      store,
      demo: isDemo,
      port,
      workspaces,
      limits,
      metrics: config.metrics !== undefined,
      logger,
      keyPepper: keyPepperOf(config),
      ...(host !== undefined && { host }),
      ...(socketPath !== undefined && { path: socketPath }),
      ...(tokens && { tokens }),
      ...(v2 && { v2 }),
      ...(origins && { origins }),
      ...(frameAncestors && { frameAncestors }),
      ...(trustedProxies !== undefined && { trustedProxies }),
      ...(pages !== undefined && { pages }),
      ...(bus && { bus }),
      ...(webhooks && { webhooks }),
      ...(attachments && { attachments }),
      ...(iceServers && { iceServers }),
    })
  } catch (error) {
    await closeAfter(error, store)
    throw startProblem(error, config)
  }
}

async function metricsOf(server: ChatServer, port: MetricsPort): Promise<string> {
  try {
    return await serveMetricsPort(server, port)
  } catch (error) {
    await server.close()
    throw error
  }
}

async function closeAfter(error: unknown, store: Store): Promise<void> {
  await store.close().catch((closing: unknown) => console.error(closing, 'after', error))
}

function fail(error: unknown): never {
  const isExpected = [StartError, StoreOpenError, StoreUnavailableError].some((one) => error instanceof one)
  console.error(isExpected ? `dowellchat-server: ${(error as Error).message}` : error)
  process.exit(1)
}

async function main(): Promise<void> {
  const [name = '', ...args] = process.argv.slice(2)
  const command = commands.get(name)
  if (command) {
    if (args.includes('--help') || args.includes('-h')) {
      console.log(command.usage.trimEnd())
      return
    }
    // It removes first what it has made.
    if (name !== 'verify') endOnSignal()
    return command.run(args, process.env)
  }
  const given = readOptions(process.argv.slice(2))
  if (given.isHelp || given.isVersion) {
    console.log(given.isHelp ? help : version)
    return
  }
  const config = readConfig(process.env, given)
  const logger = createLogger(config.logLevel)
  const leaveSignals = endOnSignal()
  const server = await start(config, given, logger)
  const metricsUrl = config.metrics && (await metricsOf(server, config.metrics))
  leaveSignals()
  stopOnSignal(server, logger)
  const { url } = server
  const { host } = config
  const { isDemo, pages } = given
  const started = {
    url,
    host,
    isDemo,
    hasOrigins: config.origins !== undefined,
    hasPages: pages !== undefined,
    needsRedis: config.mongodbUri !== undefined && config.redisUrl === undefined,
    hasTurn: config.iceServers?.turn !== undefined,
    ...(metricsUrl !== undefined && { metricsUrl }),
  }
  console.log(startLines(started).join('\n'))
}

main().catch(fail)
