import {
  describeProblem,
  type ErrorCode,
  isCommonCode,
  type RequestDef,
  type RequestName,
  requests,
} from '@dowellchat/protocol'
import * as z from 'zod/mini'
import { Encoded } from '../delivery/encoded.ts'
import { failure, internalError, newFailedRequest, RequestError, toRequestError } from '../errors.ts'
import { type Authorize, permit } from '../identity/permissions.ts'
import type { Logger, Trace } from '../logger.ts'
import type { Meter } from '../metrics/meter.ts'
import type { ReadRequest } from '../sockets/dialects/dialect.ts'
import type { ReadTurns } from '../sockets/read-turns.ts'
import type { ChatSocket } from '../sockets/socket.ts'
import { type SocketBudget, shownName } from '../sockets/socket-budget.ts'
import type { RequestAudit } from './audited.ts'
import type { OpenContext } from './contexts.ts'
import { answerCostOf, costOf, failureCost } from './costs.ts'
import type { Context } from './handler.ts'
import { handlers } from './handlers/index.ts'
import { readingEvents } from './reads.ts'
import { RequestTrace } from './request-trace.ts'

/** What `dispatch` needs of the server, the same for every request. */
export interface DispatchOptions {
  readonly openContext: OpenContext
  readonly logger: Logger
  readonly trace: Trace | undefined
  readonly meter: Meter | undefined
  readonly audit: RequestAudit
  /** Narrows the permissions. */
  readonly authorize: Authorize | undefined
  readonly reads: Pick<ReadTurns, 'answer'>
}

/** The line of the log about a code that clients cannot know of. */
export const undeclaredCode = 'A request failed with a code that its entry does not list'

/** After these, nobody knows what was stored. */
const inDoubt: ReadonlySet<ErrorCode> = new Set(['unavailable', 'internal'])

type Acknowledge = (answer: unknown) => void
type AnyHandler = (payload: unknown, context: Context) => Promise<unknown>

/**
 * Handles one event of one socket. In this order: take the acknowledgement off the end · let the dialect read request and
 * session · parse · charge · permit · handle · parse the answer · let
 * the other servers know what the handler announced · answer · only then send it. What a request that fails has stored is announced too.
 * Nothing is awaited before the handler is called, unless the dialect must look something up first: so the requests of one
 * socket reach the queues in their order.
 */
export async function dispatch(
  socket: ChatSocket,
  budget: SocketBudget,
  event: unknown,
  args: unknown[],
  { openContext, logger, trace, meter, audit, authorize, reads }: DispatchOptions,
): Promise<void> {
  const { dialect } = budget
  const acknowledge = typeof args.at(-1) === 'function' ? (args.pop() as Acknowledge) : undefined
  const requestTrace = trace && new RequestTrace(trace, shownName(event), socket.id, socket.data.session)
  const startedAt = meter ? performance.now() : 0
  let outcome: ErrorCode | 'ok' = 'ok'
  let request: ReadRequest | undefined
  let isCharged = false
  let announced: ReturnType<OpenContext>[1] | undefined
  try {
    const read = dialect.read(socket, event, args)
    request = read instanceof Promise ? await read : read
    if (request.complete) request = await request.complete()
    const payload = parsePayload(request.name, request.payload)
    requestTrace?.addPayload(request.session, payload)
    isCharged = true
    budget.charge(costOf(request.name, payload), request.session.workspace_id)
    const right = permit(request.name, payload, request, authorize)
    const [context, announcing] = openContext(socket, dialect, request, right, payload, budget)
    announced = announcing
    // The compiler checks `handlers` against the contract by name, but here the name is a value: hence the cast.
    const handle = handlers[request.name] as AnyHandler
    const data = parseAnswer(request.name, await handle(payload, context), logger)
    const sharing = announcing.share()
    if (sharing) await sharing
    const answered = request
    const subscribing = request.subscribe?.(data, (key) => context.streams.follow(key))
    if (subscribing) await subscribing
    if (readingEvents.has(event)) reads.answer(socket, () => answer(acknowledge, answered, event, data))
    else answer(acknowledge, request, event, data)
    announcing.send()
    const answerCost = answerCostOf(data)
    if (answerCost > 0) budget.owe(answerCost, request.session.workspace_id)
    audit.succeeded(request.name, request, socket.data.address, payload, data)
  } catch (error) {
    const shown = error instanceof RequestError ? error : logFailed(error, socket, request, event, logger)
    const failed = failure(shownName(event), shown)
    if (acknowledge) acknowledge(failed)
    else dialect.sendFailure(socket, event, failed)
    outcome = shown.code
    requestTrace?.addFailure(shown)
    if (!isCharged) budget.owe(failureCost, socket.data.session.workspace_id)
    budget.failed(shown.code)
    if (request && !isDeclared(request.name, shown.code))
      logger.error({ event: request.name, code: shown.code }, undeclaredCode)
    if (request) audit.failed(request.name, request, socket.data.address, shown.code)
    await announced?.fail(inDoubt.has(shown.code)).catch((error: unknown) => {
      logFailed(error, socket, request, event, logger)
    })
  } finally {
    budget.end()
  }
  requestTrace?.end(outcome)
  meter?.answered(request?.name ?? 'unknown', outcome, startedAt)
}

/** Whether clients know that the request can end with the code. */
function isDeclared(name: RequestName, code: ErrorCode): boolean {
  const { errors = [] } = requests[name] as RequestDef
  return isCommonCode(code) || (errors as readonly ErrorCode[]).includes(code)
}

function answer(
  acknowledge: Acknowledge | undefined,
  request: ReadRequest,
  event: unknown,
  data: unknown,
): void {
  if (acknowledge) acknowledge(success(shownName(event), data))
  else request.answer?.(data)
}

function parsePayload(name: RequestName, payload: unknown): unknown {
  const parsed = z.safeParse(requests[name].payload, payload)
  if (!parsed.success) throw new RequestError('invalid_payload', describeProblem(parsed.error, payload))
  return parsed.data
}

/** An answer that breaks its own schema is the server's mistake: it is logged, and the client gets `internal`. */
function parseAnswer(name: RequestName, data: unknown, logger: Logger): unknown {
  if (data instanceof Encoded) return data
  const parsed = z.safeParse(requests[name].data, data)
  if (parsed.success) return parsed.data
  const failed = newFailedRequest()
  const fields = { event: name, request: failed.request_id, problem: describeProblem(parsed.error, data) }
  logger.error(fields, 'An answer breaks its schema')
  throw internalError(failed)
}

/** Logs what no client may see; answers what it sees, with an id that finds the line. */
function logFailed(
  error: unknown,
  socket: ChatSocket,
  read: ReadRequest | undefined,
  event: unknown,
  logger: Logger,
): RequestError {
  const failed = newFailedRequest()
  const { workspace_id: workspace, user_id: user } = (read ?? socket.data).session
  const fields = { event: shownName(event), request: failed.request_id, socket: socket.id, user, workspace }
  logger.error({ ...fields, error }, 'A request failed')
  return toRequestError(error, failed)
}

/** @param operation the event's own name, which V2's later events do not share with their requests */
function success(operation: string, data: unknown): unknown {
  if (!(data instanceof Encoded)) return { status: 'success', operation, data }
  return new Encoded(`{"status":"success","operation":"${operation}","data":${data.text}}`)
}
