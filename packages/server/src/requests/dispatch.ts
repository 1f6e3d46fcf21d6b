import { describeProblem, type RequestName, requests } from '@dowellchat/protocol'
import * as z from 'zod/mini'
import { Encoded } from '../delivery/encoded.ts'
import { failure, RequestError, toRequestError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import type { Dialect, ReadRequest } from '../sockets/dialects/dialect.ts'
import type { ChatSocket } from '../sockets/socket.ts'
import type { Context } from './handler.ts'
import { handlers } from './handlers/index.ts'

/** Sends what a handler announced. */
type SendAnnounced = () => void
/** Makes a handler's context, and what sends its announcements afterwards. */
export type OpenContext = (
  socket: ChatSocket,
  request: ReadRequest,
  payload: unknown,
) => [Context, SendAnnounced]

type Acknowledge = (answer: unknown) => void
type AnyHandler = (payload: unknown, context: Context) => Promise<unknown>

/**
 * The only loop over events. In this order: take the acknowledgement off the end · let the dialect read request and
 * session · parse · handle · parse the answer · answer · only then send what the handler announced.
 * Until the handler has been called nothing awaits, except for a V2 call, which has to be looked up.
 */
export async function dispatch(
  socket: ChatSocket,
  dialect: Dialect,
  event: unknown,
  args: unknown[],
  openContext: OpenContext,
  logger: Logger,
): Promise<void> {
  const acknowledge = typeof args.at(-1) === 'function' ? (args.pop() as Acknowledge) : undefined
  try {
    const request = dialect.read(socket, event, args)
    const canonical = typeof request.payload === 'function' ? await request.payload() : request.payload
    const payload = parsePayload(request.name, canonical)
    const [context, sendAnnounced] = openContext(socket, request, payload)
    // The one cast: `handlers` is checked against the contract, by name; here the name is a value.
    const handle = handlers[request.name] as AnyHandler
    const data = parseAnswer(request.name, await handle(payload, context), logger)
    request.subscribe?.(data)
    if (acknowledge) acknowledge(success(request.name, data))
    else request.answer?.(data)
    sendAnnounced()
  } catch (error) {
    const shown = toRequestError(error)
    if (shown !== error) logger.error({ event: nameOf(event), error }, 'A request failed')
    const failed = failure(nameOf(event), shown)
    if (acknowledge) acknowledge(failed)
    else dialect.fail(socket, event, failed)
  }
}

function parsePayload(name: RequestName, payload: unknown): unknown {
  const parsed = z.safeParse(requests[name].payload, payload)
  if (!parsed.success) throw new RequestError('invalid_payload', describeProblem(parsed.error, payload))
  return parsed.data
}

/** An answer that breaks its own schema is our mistake: the client learns nothing of it. */
function parseAnswer(name: RequestName, data: unknown, logger: Logger): unknown {
  if (data instanceof Encoded) return data
  const parsed = z.safeParse(requests[name].data, data)
  if (parsed.success) return parsed.data
  logger.error({ event: name, problem: describeProblem(parsed.error, data) }, 'An answer breaks its schema')
  throw new RequestError('internal', 'The server made a mistake. Try again.')
}

function success(operation: string, data: unknown): unknown {
  if (!(data instanceof Encoded)) return { status: 'success', operation, data }
  return new Encoded(`{"status":"success","operation":"${operation}","data":${data.text}}`)
}

const shownNameLength = 64

function nameOf(event: unknown): string {
  return String(event).slice(0, shownNameLength)
}
