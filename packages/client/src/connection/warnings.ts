// What developers read in the console. Loaded in development alone.
import type { ConnectionError } from '../errors.ts'

const said = new Set<string>()

/** Says something once in the life of a page. */
function warn(text: string): void {
  if (said.has(text)) return
  said.add(text)
  console.warn(`[dowellchat] ${text}`)
}

/** What a developer can do about a refusal, by its code. */
const cures: Readonly<Record<string, string>> = {
  unauthenticated:
    'Pass an `auth` that the server takes: `{getToken}` with a token of your back end, signed with a secret or key that the server knows and not expired; `{guest: true, workspace_id}` needs a workspace that admits guests; a server key needs `workspace_id`, `api_key` and `user_id`.',
  forbidden:
    'Look at the workspace of `auth`, at the origins that the workspace allows, and at whose token it is: another user needs another client, so give `ChatProvider` the new `auth.user_id`.',
  not_found: 'Look at `url` and `path`: they must be those of the chat server.',
  unsupported_protocol: 'Client and server are of different versions: update the older one.',
  conflict:
    'A newer connection of the same device has closed this one. Use one client for a user in a page, and call `connect()` to take over again.',
  invalid_payload: 'A field of `auth` is not what the server expects; the message names it.',
}

export function refused({ code, message }: ConnectionError): void {
  warn(`The server refuses the connection (${code}): ${message}. ${cures[code] ?? ''}`)
}

/** Looks whether a session has the role that was asked for. */
export function compareRoles(asked: string | undefined, granted: string): void {
  if (asked === undefined || asked === granted) return
  warn(
    `\`auth\` asks for the role "${asked}", and the server has granted "${granted}". A server key grants a role that its scopes have: make one with that scope.`,
  )
}

export function unknownSession(url: string): void {
  warn(
    `A server at ${url} does not know this connection ("Session ID unknown"): several servers share the address, and requests of one connection reach different ones. The client goes on with WebSockets alone. Pass \`transports: ['websocket']\` to begin with them, or switch on sticky sessions in the load balancer: docs/guides/load-balancers.md.`,
  )
}

export function nobodyConnects(): void {
  warn(
    '`client.ready()` waits, and nothing has connected the client: call `client.connect()`, or render a `ChatProvider` with it.',
  )
}

function twoCopies(): void {
  warn(
    'Two copies of @dowellchat/client are in this page: hooks of one do not find the provider of the other. Look for two versions with `npm ls @dowellchat/client`, and for an import of both its ESM and its CommonJS build.',
  )
}

const mostClients = 10
const withinMs = 10_000
let times: readonly number[] = []

/** Counts the clients that a page creates. @param isOfSecond whether another copy of the package was there before */
export function countClient(isOfSecond: boolean): void {
  if (isOfSecond) twoCopies()
  const now = Date.now()
  times = [...times.filter((time) => time > now - withinMs), now]
  if (times.length >= mostClients)
    warn(
      `${mostClients} clients were created within ${withinMs / 1_000} seconds. Keep \`url\`, \`path\` and the user of \`auth\` the same between renders of \`ChatProvider\`, and call \`createChatClient\` outside of components.`,
    )
}
