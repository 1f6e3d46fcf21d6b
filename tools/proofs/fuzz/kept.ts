import { Entry } from '../../../packages/protocol/src/index.ts'
import { openPortable } from '../../../packages/server/src/executable/commands/portable-at.ts'
import { embeddedStore } from '../../../packages/server/src/stores/embedded/index.ts'
import { drafts, newTicket, newTopic, room } from '../../../packages/server/src/testing/store-cases/making.ts'
import { digestsOf } from '../../../packages/server/tests/support/digests.ts'

/** Puts something into the workspace that nobody may touch. */
export async function fillCalm(folder: string): Promise<void> {
  const store = await embeddedStore({ path: folder })
  await store.topics.create(newTopic('billing', { workspace_id: 'calm' }))
  await store.tickets.create(newTicket({ workspace_id: 'calm' }))
  await store.streams.append(room('calm', 'calm'), drafts(30))
  await store.close()
}

/** The digest of the calm workspace, without what says who came when. */
export async function digestOfCalm(folder: string): Promise<string> {
  const { users: _users, audit: _audit, readers: _readers, ...digests } = await digestsOf(folder, 'calm')
  return JSON.stringify(digests)
}

/** What is wrong in the workspace that was fuzzed: entries that are none, or not in their places. */
export async function problemsOfFuzzed(folder: string): Promise<{ entries: number; problems: string[] }> {
  const portable = await openPortable(folder, { mustExist: true })
  const problems: string[] = []
  const lastSeqs = new Map<string, number>()
  let entries = 0
  try {
    for await (const batch of portable.read('fuzz', 'entries', null)) {
      for (const { stream, seq, text } of batch) {
        const before = lastSeqs.get(stream) ?? 0
        const parsed = Entry.safeParse(JSON.parse(text))
        if (!parsed.success) problems.push(`${stream} ${seq} is no entry: ${text.slice(0, 200)}`)
        else if (parsed.data.seq !== seq || seq !== before + 1)
          problems.push(`${stream} has ${seq} after ${before}`)
        lastSeqs.set(stream, seq)
      }
      entries += batch.length
    }
  } finally {
    await portable.close()
  }
  return { entries, problems: problems.slice(0, 20) }
}
