import { readFileSync } from 'node:fs'
import { type RequestName, requests } from '@dowellchat/protocol'
import { expect, it } from 'vitest'
import { defaultLimits, limitsOfWorkspaces } from '../src/limits.ts'
import { costOf } from '../src/requests/costs.ts'

const source = readFileSync(new URL('../src/limits.ts', import.meta.url), 'utf8')

/** What the source says of a limit. */
function meaningOf(name: string): string {
  const [, comment = ''] = new RegExp(`/\\*\\*((?:(?!\\*/)[^])*)\\*/\\s*${name}: [\\d_]+,`).exec(source) ?? []
  return comment.replace(/\s*\n\s*\*\s*/g, ' ').trim()
}

function row([name, value]: [string, number]): string {
  const isOfWorkspaces = (limitsOfWorkspaces as readonly string[]).includes(name)
  return `| \`${name}\` | ${value.toLocaleString('en')} | ${isOfWorkspaces ? 'yes' : ''} | ${meaningOf(name)} |`
}

/** What a request asks for that has so many characters, people and rows. */
function asking(many: number): object {
  const [message_data, ids] = ['.'.repeat(many), Array(many).fill('.')]
  const messages = [{ message_data }]
  return {
    limit: many,
    message_data,
    text: message_data,
    messages,
    members: ids,
    user_ids: ids,
    threads: ids,
  }
}

/** The requests by what they cost at least; those that may cost more have a plus sign. */
function prices(): string {
  const byPoints = new Map<number, string[]>()
  for (const name of Object.keys(requests) as RequestName[]) {
    const points = costOf(name, asking(1))
    const grows = costOf(name, asking(10_000)) > points
    byPoints.set(points, [...(byPoints.get(points) ?? []), `\`${name}\`${grows ? '+' : ''}`])
  }
  const rows = [...byPoints].toSorted(([a], [b]) => a - b)
  return rows.map(([points, names]) => `| ${points} | ${names.join(', ')} |`).join('\n')
}

function document(): string {
  return `# Limits

What one client, user, address or workspace may take of a server. The tables are made from \`limits.ts\` and \`requests/costs.ts\` in
\`packages/server/src\` by \`pnpm vitest run packages/server/tests/limits-doc.test.ts -u\`. Limits of single fields, such as the length of
a text, are part of the contract: \`hello.limits\`.

Change them in code with \`createChatServer({ limits: { socketPoints: 1_000 } })\`, for the executable with
\`LIMITS=socketPoints=1000,userConnections=50\`, and for one workspace with \`workspaces: [{ id, limits: { userPoints: 5_000 } }]\`,
where the column says so. What several servers count together is [below](#several-servers).

| name | default | by workspace | what it limits |
| --- | --- | --- | --- |
${Object.entries(defaultLimits).map(row).join('\n')}

## Points
Each request costs points. They are taken from four buckets: the connection's, the user's, the address's and the workspace's. These fill
up again by themselves. V2's pages claim their user ids, so these have no bucket. All addresses of an IPv6 network (/64) share one.

| points | requests |
| --- | --- |
${prices()}

* With a **+** a request costs more if it asks for more: 1 for each 4,000 characters of a text, for each 100 rows of a page (500 of
  \`get_tickets\`), or for each 20 people or threads. \`send_messages\` costs as much as its messages.
* \`join\` of a room that is not there yet makes an open room, and costs 3.
* An answer of more than 16 KiB, or of more than 50 rows, costs 1 more for each 16 KiB or 50 rows.
* A \`search\` pays with its 10 points for 163,840 characters of messages that it looks at. Each further 16,384 cost 1.
* An event that is unknown or not valid costs 1.

## Several servers
Each server counts for itself, with one exception: servers that hear each other over Redis tell each other once a second which users
and workspaces took points there, and take these from their own buckets. No request waits for it. It is as far off as this:

* With *n* servers, a user or workspace can take up to *n* full buckets before the first word of it is there, instead of one.
* From then on the rate holds over all servers. In each second it may be exceeded by what is taken until the servers tell each other
  of it, and that is missing afterwards. What is less than a tenth of a second's points is told once it is more.
* A message tells of 500 users and 500 workspaces; the others follow a second later.
* Without Redis, and while it is away, each server counts for itself: a user who is connected to two servers has both buckets.

Measured with two servers and a user who sends to both as fast as they are answered, with 60 points and 60 a second: 349 requests in
5 s where one server allows 360, and two that count for themselves 720.

Points of an address, connections of a user or an address, and handshakes are always counted by each server.

## What a client sees
A request for which points are missing fails with \`rate_limited\`; \`retry_after_ms\` says when there will be enough, and nothing is
stored. The SDK waits for that time by itself. A quota that is used up is \`limit_reached\`, whose text names the quota.

A connection is closed when it goes on (\`refusedRequests\`), sends what is not valid (\`invalidRequests\`), asks for what does not
exist (\`missingRequests\`), or breaks socket.io's protocol five times. It gets \`error_response\` with the code \`rate_limited\` and the
details \`abuse\` first. A user can come back at once the first three times, then once in ten seconds; connections without a proved
user are counted by address, with twenty and one in two seconds.
`
}

it('[LI2] prints every limit into the documentation', async () => {
  const ungiven = Object.keys(defaultLimits).filter((name) => meaningOf(name) === '')
  expect(ungiven).toEqual([])
  await expect(document()).toMatchFileSnapshot('../../../docs/limits.md')
})
