import { expect, it } from 'vitest'
import { type AnyDeclaration, mongoDeclarations } from './support/mongo-declarations.ts'

/** Why a collection has its shard key. */
const reasons: Readonly<Record<string, string>> = {
  streams: 'Each room and conversation is on one shard, and the rooms of a workspace are spread over all.',
  entries: 'On the shard of its stream, where the unique place decides who appends next.',
  tickets: 'Numbers, slots and cids of a workspace are unique, so a workspace is on one shard.',
  rooms: 'The same.',
  paces: 'A member of a room has one row.',
  topics: 'The same.',
  line_managers: 'The same.',
  calls: 'A cid is unique for each caller, and nobody talks in two calls.',
  users: 'A user has one row.',
  aliases: 'A guest becomes one user.',
  blocks: 'A block is one row.',
  readers: 'A person has one row for each stream.',
  threads: 'A message has one thread.',
  searched: 'A search reads one shard.',
  search_cursors: 'A stream has one row, beside what it has in the index.',
  search_states: 'A workspace has one row.',
  deliveries: 'A webhook has one row for each stream.',
  notices: 'A person is told of a stream in one row.',
  leases: 'One row for each webhook, on one shard.',
  uploads: 'A cid is unique for each user.',
  upload_days: 'What a workspace may upload in a day is counted on one shard.',
  reports: 'A cid is unique for each reporter.',
  canned_answers: 'A title is unique in its workspace.',
  share_links: 'A cid is unique for each user who makes one.',
  meta_settings: 'A workspace has one row.',
  keys: 'A key is unique by its hash.',
  audit: 'A page of the trail is read from one shard.',
  revocations: 'A user has one row.',
  changes: 'One log for all servers, kept for a day, on one shard.',
  nodes: 'One row for each server, on one shard.',
}

const keysOf = (key: object) => Object.keys(key).map((field) => `\`${field}\``)

function row(name: string, { shardKey, indexes }: AnyDeclaration): string {
  const unique = indexes.filter((index) => index.unique).map(({ key }) => keysOf(key).join(' '))
  return `| \`${name}\` | ${keysOf(shardKey).join(', ')} | ${unique.join('<br>') || '–'} | ${reasons[name]} |`
}

function command(name: string, { shardKey }: AnyDeclaration): string {
  const key = Object.keys(shardKey).map((field) => `${field}: 1`)
  return `sh.shardCollection(chat + '.${name}', { ${key.join(', ')} })`
}

function page(): string {
  const all = [...mongoDeclarations()].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `# MongoDB

What to set on a cluster, what happens when its primary changes, and how to shard it. The tables are made from the code by
\`pnpm vitest run packages/server/tests/mongodb-doc.test.ts -u\`.

## Try your cluster first
\`\`\`sh
dowellchat-server verify --store 'mongodb://user:password@a,b,c/?replicaSet=rs0'
\`\`\`

It runs the cases that our stores pass in a database of its own (\`dowellchat-verify-…\`), says what the cluster is and how fast, and
removes the database, also after Ctrl-C. The login has to read, write and drop a database whose name is new each time: give it the roles
\`readWriteAnyDatabase\` and \`dbAdminAnyDatabase\`. With the first alone all cases run, but the database is left, and the exit code is 1,
since \`readWrite\` may not drop a database.

The server's own login needs less: \`readWrite\` on its database. It reads and writes documents, lists collections and creates indexes.

## What to set
| setting | value | why |
| --- | --- | --- |
| members | three with data, in three places | A majority survives the loss of one. With two, or with an arbiter, the loss of one stops writes. |
| version | 4.4 or newer | Older ones are refused. |
| journal | on, as it is by default | Every write asks for \`j: true\`. |
| URL | all members and \`replicaSet\`, or \`mongodb+srv://\` | With \`directConnection=true\` no other primary is found, and a former one is still read from. |
| \`retryWrites\` | on, as it is by default | A write that meets an election is repeated once by the driver, and done once. |
| \`maxPoolSize\` | 100, as it is by default | For each server of ours. A call waits for a connection no longer than its deadline. |
| \`readPreference\`, \`w\`, \`readConcernLevel\` | leave them out | The server sets its own, and yours are not used. |
| time limits in the URL | leave them out | \`LIMITS=storeMs=…\` (2,000) decides: a call ends within \`storeMs\`; finding a server, a connection and each command within three quarters of it (\`serverSelectionTimeoutMS\`, \`waitQueueTimeoutMS\`, \`connectTimeoutMS\`, \`maxTimeMS\`: 1,500). |

A cluster in another region needs a larger \`storeMs\`: an append waits for the majority at least once.

## What is promised
* **A write is acknowledged** when a majority of the replica set has it in its journals (\`w: 'majority'\`, \`j: true\`). An election never
  takes it back. On a server alone: when that server's journal has it.
* **A read** asks the primary for what a majority has (\`readConcern: 'majority'\`), so nobody sees what may be taken back.
* **An old primary.** One that has just been cut off from the others may answer reads, for up to ten seconds, with what was true when it
  was cut off, to those servers of ours that still reach it. It can take no write: these end as \`unavailable\`. A revocation may be
  acted on that much later there. Reads that exclude it (\`linearizable\`) would cost a round trip to the majority each.
* **Order** depends on no read. Each append inserts at a place (\`workspace_id\`, \`stream\`, \`seq\`) under a unique key; who believes in an
  old end of the log finds the place taken, reads on and tries again. So there is no hole and no double, whatever was read.
* **A lost answer.** A write whose answer is lost ends as \`unavailable\`. Its repetition has the same \`cid\` and finds what was stored.
  Two things may count twice then: a change in the log of \`changes\`, which only says what to read again, and the number of refused
  handshakes in the audit trail.

## While the primary changes
A planned change (\`rs.stepDown()\`, an upgrade) takes a second or two, an election after a crash about ten (\`electionTimeoutMillis\`).
Until then requests that write or read end as \`unavailable\` within \`storeMs\`, clients of the SDK repeat them, \`/ready\` says \`store\`,
and nothing is sent that is not stored. The server goes on by itself. Should the driver find no server any more, the server opens a
new client after two and a half deadlines without any answer. \`pnpm prove mongo-faults\` measures it.

## Backups
\`mongodump --oplog\` (a replica set), your provider's snapshots, or a snapshot of the disk of a member with its journal. Keep
\`KEY_PEPPER\` elsewhere. Stop all servers before you restore into a database that they use, and start them again after it. After a
restore, clients that have seen more than the backup has get one \`reset\` in each room. A sharded cluster needs a backup of one moment for
all shards.

## Sharding
Not needed for a long time: a replica set holds what its primary's disk holds. When it is, shard \`entries\` and \`streams\` first; they are
nearly all of the data. Every unique index begins with its collection's shard key, every change names the whole shard key, and no
transaction is used.

| collection | shard key | unique indexes | why |
| --- | --- | --- | --- |
${all.map(([name, declaration]) => row(name, declaration)).join('\n')}

\`meta\` and \`workspaces\` have a few documents and stay unsharded. Start a server once, so that the indexes are there; then, in mongosh:

\`\`\`js
const chat = 'dowellchat' // the database that your MONGODB_URI names; this one if it names none
sh.enableSharding(chat) // before MongoDB 6.0
${all.map(([name, declaration]) => command(name, declaration)).join('\n')}
\`\`\`

A workspace's tickets, members and users stay on one shard; its rooms are spread by their names.
`
}

it('[MF6] prints how every collection can be sharded into the documentation', async () => {
  expect(Object.keys(reasons).toSorted()).toEqual([...mongoDeclarations().keys()].toSorted())
  await expect(page()).toMatchFileSnapshot('../../../docs/mongodb.md')
})

it('[MF6] has an index that begins with the shard key, as a collection needs that is sharded later', () => {
  for (const [name, { shardKey, indexes }] of mongoDeclarations()) {
    const shard = Object.keys(shardKey).join()
    const begins = indexes.filter(
      ({ key, only }) => !only && `${Object.keys(key).join()},`.startsWith(`${shard},`),
    )
    expect(begins, name).not.toEqual([])
  }
})
