import { expect, it } from 'vitest'
import { type Permission, permissions, type Right } from '../src/identity/permissions.ts'

const words: Readonly<Record<Right, string>> = { all: 'yes', own: 'own', none: '–' }

function row(name: string, { scope, guest, customer, agent, admin }: Permission<never>): string {
  const rights = [guest, customer, agent, admin].map((right) => words[right])
  return `| \`${name}\` | ${rights.join(' | ')} | ${scope ? `\`${scope}\` ` : ''}|`
}

function document(): string {
  const rows = Object.entries(permissions).map(([name, permission]) => row(name, permission))
  return `# Roles and permissions

Every request needs a permission. The server has one table of them, \`packages/server/src/identity/permissions.ts\`; this page is
made from it by \`pnpm vitest run packages/server/tests/permissions-doc.test.ts -u\`.

* **yes**: on everything in the workspace.
* **own**: only on what is the user's own, or what the user is a member of. Everything else is answered like something that does
  not exist.
  In \`create_room\`, \`add_members\` and \`callUser\` that means people with whom the user shares a room with members or a ticket,
  unless the workspace's \`customersMeet\` allows more.
* **–**: \`forbidden\`.
* **scope**: a server key needs this scope, whatever its role.

A role comes from the token, from the options of a server key, or is \`customer\`. A guest is somebody who has not logged in. V2 pages
act as admins within V2's own events, because their key belongs to the workspace.

| request | guest | customer | agent | admin | scope |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

## Narrow it
\`createChatServer({ authorize })\` is asked before each request that the table allows. Answer \`false\` to refuse:

\`\`\`ts
const server = await createChatServer({
  store,
  workspaces,
  authorize: (session, request) => session.role !== 'agent' || request !== 'close_ticket',
})
\`\`\`

It is asked about each message of \`send_messages\` as about a \`message_event\` or \`ticket_message_event\`, and not about
\`send_messages\` itself. It is synchronous, and cannot allow more than the table. To limit a user to some open rooms, put patterns into the token:
\`rooms: ['orders-*']\`.
`
}

it('[PE5] prints the table of permissions into the documentation', async () => {
  await expect(document()).toMatchFileSnapshot('../../../docs/permissions.md')
})
