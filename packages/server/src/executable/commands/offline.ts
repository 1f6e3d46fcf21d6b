import { describeProblem, type RequestName, requests } from '@dowellchat/protocol'
import * as z from 'zod/mini'
import { noHints } from '../../delivery/hints.ts'
import { rowChangeOf } from '../../delivery/row-facts.ts'
import { Streams } from '../../delivery/streams.ts'
import { RequestError, StartError } from '../../errors.ts'
import { Audit } from '../../identity/audit.ts'
import { type Identity, plainSession } from '../../identity/identity.ts'
import { hashKey } from '../../identity/secrets.ts'
import { consoleLogger } from '../../logger.ts'
import { auditRequests } from '../../requests/audited.ts'
import { fingerprint } from '../../requests/fingerprint.ts'
import type { Context } from '../../requests/handler.ts'
import { handlers } from '../../requests/handlers/index.ts'
import type { Change, Store } from '../../stores/store.ts'
import { keyPepperOf, openStore } from '../open-store.ts'
import { dataDirOf } from './data-dir.ts'
import { openUsed } from './open-used.ts'
import { type Operator, operatorId } from './requests.ts'

// Nobody waits at a socket for it.
const storeMs = 120_000

/**
 * Runs an operator's requests over the store itself, by the handlers of the server.
 * @param mayBeNew whether there need be neither the store nor the workspace yet
 */
export async function openOffline(
  workspaceId: string,
  environment: NodeJS.ProcessEnv,
  mayBeNew: boolean,
): Promise<Operator> {
  const mongodbUri = environment.MONGODB_URI || undefined
  const keyPepper = environment.KEY_PEPPER || undefined
  const dataDir = mongodbUri ? '' : dataDirOf(environment)
  const place = { mongodbUri, keyPepper, dataDir, asItIs: true, limits: { storeMs } }
  if (mongodbUri && !keyPepper) throw new StartError('KEY_PEPPER is missing: set it to the servers’ secret')
  const store = mayBeNew ? await openStore(place) : await openUsed(place, workspaceId)
  store.onDamaged?.((row) =>
    consoleLogger.warn(row, 'A damaged row is left out: dowellchat-server check lists all'),
  )
  const pepper = keyPepperOf(place)
  const audit = new Audit(store.audit, pepper, consoleLogger)
  const identity = operatorOf(workspaceId)
  const streams = new Streams(store.streams, () => 0, noHints)
  const audited = auditRequests(audit)
  const openContext = contexts({ store, streams, audit, pepper, identity })

  return {
    async request(name, payload) {
      const parsed = z.safeParse(requests[name].payload, payload)
      if (!parsed.success) throw refusal('invalid_payload', describeProblem(parsed.error, payload))
      const [context, changes] = openContext(parsed.data)
      // What was stored before a request failed is told, too.
      const tell = async () => changes.length > 0 && (await store.changes.append(changes))
      const data = await handle(name, parsed.data, context).catch(async (error: unknown) => {
        await tell().catch(() => undefined)
        throw error
      })
      await tell()
      audited.succeeded(name, identity, 'offline', parsed.data, data)
      // The handlers answer in the contract's form.
      return data as never
    },
    async close() {
      await streams.idle()
      await audit.stop()
      await store.close()
    },
  }
}

function operatorOf(workspace_id: string): Identity {
  const who = { workspace_id, user_id: operatorId, role: 'admin', name: null, device_id: operatorId } as const
  const scopes = ['keys', 'revoke', 'audit', 'export', 'erase', 'webhooks'] as const
  return { session: plainSession(who), credential: { kind: 'server_key', key_id: 'offline', scopes } }
}

interface Parts {
  readonly store: Store
  readonly streams: Streams
  readonly audit: Audit
  readonly pepper: string
  readonly identity: Identity
}

/** What the handlers of operators' requests work with: nobody is connected here. Servers on the same store hear of it. */
function contexts({
  store,
  streams,
  audit,
  pepper,
  identity,
}: Parts): (payload: unknown) => [Context, Change[]] {
  return (payload) => {
    const changes: Change[] = []
    const context: Partial<Context> = {
      ...identity,
      right: 'all',
      store,
      streams,
      audit,
      address: 'offline',
      keys: { hash: (secret) => hashKey(secret, pepper) },
      changes: {
        announce: (...changes: Change[]) => store.changes.append(changes),
        afterWrite: (writing) => writing,
        poll: async () => {},
      },
      settled: () => audit.settled(),
      notify: (_to, fact, data) => {
        const change = store.nodes && rowChangeOf(fact, data)
        if (change) changes.push({ ...change, workspace_id: identity.session.workspace_id })
      },
      resend: () => {},
      // Nobody is subscribed here, and what is announced of a room tells the servers.
      memberRooms: { changed: async () => {}, close: async () => {} },
      fingerprint: fingerprint(payload),
      trace: undefined,
    }
    // These handlers ask for nothing else.
    return [context as Context, changes]
  }
}

async function handle(name: RequestName, payload: unknown, context: Context): Promise<unknown> {
  // The compiler checks `handlers` by name, but here the name is a value.
  const run = handlers[name] as (payload: unknown, context: Context) => Promise<unknown>
  try {
    return await run(payload, context)
  } catch (error) {
    if (error instanceof RequestError) throw refusal(error.code, error.message)
    throw error
  }
}

/** What a command prints, whether a server or the store refuses. */
function refusal(code: string, message: string): StartError {
  return new StartError(`${code}: ${message}`)
}
