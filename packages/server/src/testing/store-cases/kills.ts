import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'
import { changedMessage, isMessage, type Message, type Ticket } from '@dowellchat/protocol'
import type { MessageTarget, Store } from '../../stores/store.ts'
import { expectSame, expectTrue } from './checks.ts'
import {
  changeDraft,
  draft,
  expectWhole,
  hire,
  newTicket,
  newTopic,
  placedOf,
  range,
  readAll,
  readEntries,
  readPage,
  room,
  rowOf,
} from './making.ts'
import { appendAll, changed } from './message-changes.ts'
import { type StoreCase, type Writer, withStore } from './store-case.ts'

/** One thing that the store has acknowledged to the writer. */
interface Acknowledged {
  readonly message?: Message
  readonly ticket?: Ticket
  readonly closed?: Ticket
  readonly topic?: string
  readonly changed?: Message
}

const key = room('r')
const changedKey = room('changed')
const senders = range(1, 8).map((n) => `sender ${n}`)
const kills = 3
const linesBeforeKill = 150

/**
 * Writes to a store until it is killed: eight senders' messages, tickets that are closed, topics. Prints a line of JSON for
 * each thing that the store has acknowledged. Runs in the process that the `durable` case starts and kills.
 */
export async function writeUntilKilled(store: Store): Promise<never> {
  const report: Report = (acknowledged) => {
    process.stdout.write(`${JSON.stringify(acknowledged)}\n`)
  }
  const run = randomUUID()
  await Promise.all([
    ...senders.map((author) => forever((n) => sendMessage(store, author, `${run} ${n}`, report))),
    forever(() => askAndClose(store, report)),
    forever((n) => editAndReact(store, `${run} ${n}`, report)),
    forever(async (n) => {
      const topic = rowOf(await store.topics.create(newTopic(`${run}-${n}`)))
      report({ topic: topic.name })
    }),
  ])
  throw new Error('Without end')
}

type Report = (acknowledged: Acknowledged) => void

async function forever(run: (n: number) => Promise<void>): Promise<void> {
  for (let n = 1; ; n++) await run(n)
}

async function sendMessage(
  store: Store,
  author: string,
  message_data: string,
  report: Report,
): Promise<void> {
  const { appended } = await store.streams.append(key, [draft({ author, message_data })])
  report({ message: JSON.parse(placedOf(appended[0]).text) })
}

/** Edits a message of a stream of its own, and reacts to it. */
async function editAndReact(store: Store, message_data: string, report: Report): Promise<void> {
  const [target] = (await appendAll(store, [draft()], changedKey)) as [MessageTarget]
  for (const content of [
    { change: 'edited', message_data },
    { change: 'reacted', reaction: '👍' },
  ] as const)
    report({ changed: (await changed(store, changeDraft(target, content), changedKey)).message })
}

/** Throws unless a message has what was acknowledged of it, and its entries say the same. */
async function expectChanged(store: Store, acknowledged: readonly Acknowledged[]): Promise<void> {
  const entries = await readEntries(store, changedKey, 200)
  const replayed = new Map<number, Message>()
  for (const entry of entries) {
    if (entry.type === 'message') replayed.set(entry.seq, entry)
    const target = entry.type === 'change' ? replayed.get(entry.target) : undefined
    if (target && entry.type === 'change') replayed.set(target.seq, changedMessage(target, entry))
  }
  for (const { changed: message } of acknowledged) {
    if (!message) continue
    const kept = replayed.get(message.seq)
    expectSame(
      [kept?.message_data, (kept?.version ?? 0) >= (message.version ?? 0)],
      [message.message_data, true],
      'A change that was acknowledged is there after the kill',
    )
  }
  const stored = entries.filter(isMessage)
  expectSame([...replayed.values()], stored, 'After a kill messages are what their changes say')
}

async function askAndClose(store: Store, report: Report): Promise<void> {
  const ticket = rowOf(await store.tickets.create(newTicket()))
  report({ ticket })
  if (ticket.line_manager === null) return
  const closing = await store.tickets.close('acme', ticket._id, 'mia')
  if (closing) report({ closed: closing.ticket })
}

/** Starts a writer, reads what it prints, and kills it in the middle. */
async function writeAndKill([file, ...args]: Writer): Promise<Acknowledged[]> {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const acknowledged: Acknowledged[] = []
  for await (const line of createInterface({ input: lines(child) })) {
    acknowledged.push(JSON.parse(line))
    if (acknowledged.length === linesBeforeKill) child.kill('SIGKILL')
  }
  expectTrue(
    acknowledged.length >= linesBeforeKill,
    'The writer prints what is stored until it is killed',
    acknowledged.length,
  )
  return acknowledged
}

function lines({ stdout }: ChildProcess): NodeJS.ReadableStream {
  expectTrue(stdout !== null, 'A writer has a standard output')
  return stdout
}

/** Throws unless everything that was acknowledged is stored. */
async function expectStored(store: Store, acknowledged: readonly Acknowledged[]): Promise<void> {
  const all = await readAll(store, key, 200)
  expectWhole(all)
  for (const { message, ticket, closed, topic } of acknowledged) {
    if (message)
      expectSame(all[message.seq - 1], message, 'A message that was acknowledged is there after the kill')
    const { _id } = closed ?? ticket ?? {}
    const kept = _id === undefined ? undefined : await store.tickets.get('acme', _id)
    if (ticket) expectSame(kept?._id, ticket._id, 'A ticket that was acknowledged is there after the kill')
    if (closed) expectSame(kept, closed, 'A ticket whose closing was acknowledged is closed after the kill')
    if (topic === undefined) continue
    const found = await store.topics.get('acme', topic)
    expectSame(found?.name, topic, 'A topic that was acknowledged is there after the kill')
  }
}

/** Throws unless the store continues from what it has: it knows the cids, and its counts are right. */
async function expectContinues(store: Store, acknowledged: readonly Acknowledged[]): Promise<void> {
  const all = await readAll(store, key, 200)
  const messages = acknowledged.flatMap(({ message }) => message ?? [])
  const retried = messages.map(({ cid, author, message_data }) =>
    draft({ cid, author: author ?? '', message_data }),
  )
  const { appended } = await store.streams.append(key, [...retried, draft()])
  const created = appended.map((one) => placedOf(one).created)
  const rule = 'After a kill a retry of what was acknowledged appends nothing'
  expectSame(created, [...messages.map(() => false), true], rule)
  expectWhole(await readAll(store, key, 200), all.length + 1)
  const [mia] = await store.lineManagers.list('acme')
  const open = await store.tickets.listOpen('acme', 'mia')
  expectSame(mia?.ticket_count, open.length, 'After a kill a ticket_count is the number of open tickets')
}

export const killCases: readonly StoreCase[] = [
  {
    title:
      '[S22] has everything that was acknowledged when its process is killed, once, and goes on from there',
    reopens: true,
    durable: true,
    async run(open, writer) {
      expectTrue(writer !== undefined, 'A durable case is run with a writer: run(open, [file, ...args])')
      const epoch = await withStore(open, async (store) => {
        await hire(store, ['mia'])
        await store.streams.open(key)
        return (await readPage(store, key, { newest: 1 })).epoch
      })
      const acknowledged: Acknowledged[] = []
      for (const _ of range(1, kills)) {
        acknowledged.push(...(await writeAndKill(writer)))
        await withStore(open, async (store) => {
          await expectStored(store, acknowledged)
          await expectChanged(store, acknowledged)
          expectSame(
            (await readPage(store, key, { newest: 1 })).epoch,
            epoch,
            'A kill leaves the epoch as it was',
          )
          await expectContinues(store, acknowledged)
        })
      }
    },
  },
]
