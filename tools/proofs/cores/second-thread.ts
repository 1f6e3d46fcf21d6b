import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { termsWanted, wantedIn } from '../../../packages/server/src/search/wanted.ts'
import { embeddedStore } from '../../../packages/server/src/stores/embedded/index.ts'
import { databaseName } from '../../../packages/server/src/stores/embedded/names.ts'
import type { Answer, Operation } from '../../../packages/server/src/stores/embedded/operations.ts'
import type { SearchQuery } from '../../../packages/server/src/stores/store.ts'
import { scratch } from '../bench/servers.ts'
import { fill, indexAll, workspace_id } from '../search/filled.ts'
import { vocabularyOf } from '../search/texts.ts'
import { pick, seeded } from '../stores/random.ts'
import { seed } from './long-room.ts'
import { makeDraft } from './messages.ts'
import { measureWaits, type Waits } from './reads.ts'
import type { Sizes } from './sizes.ts'
import { Thread } from './thread.ts'

const stream = 'room:r0'
const atOnce = 8

/** What a second thread for reads would give: the store alone, its appends beside reads in its thread and in another one. */
export async function measureSecondThread(size: Sizes): Promise<Waits[]> {
  const random = seeded(seed)
  const words = vocabularyOf(random, 30_000)
  const path = mkdtempSync(join(scratch, 'second-'))
  const store = await embeddedStore({ path, deadlineMs: 60_000 })
  await fill(store, random, words, { messages: size.longRoom, rooms: 1, tickets: 1, authors: 50 })
  await indexAll(store)
  const second = await Thread.start<Operation, Answer>('./second-reader.ts', {
    database: join(path, databaseName),
  })

  const room = { workspace_id, stream }
  const page = () => [room, { around: 1 + Math.floor(random() * size.longRoom), limit: 50 }] as const
  const query = (): SearchQuery => {
    const text = `${pick(random, words.slice(0, 100))} ${pick(random, words.slice(50, 1_000))}`
    return {
      places: { streams: [stream], tickets: { customers: [] } },
      terms: termsWanted(wantedIn(text)),
      limit: 20,
    }
  }
  const append = () => store.streams.append({ workspace_id, stream: 'room:beside' }, [makeDraft()])
  const elsewhere = async (operation: Operation) => {
    const answer = await second.ask(operation)
    if ('failure' in answer) throw new Error(answer.failure)
  }
  try {
    return await measureWaits(
      append,
      [
        { beside: 'nothing', atOnce: 0, read: append },
        { beside: 'pages in the same thread', atOnce, read: () => store.streams.page(...page()) },
        { beside: 'pages in a second one', atOnce, read: () => elsewhere(['streams', 'page', page()]) },
        {
          beside: 'searches in the same thread',
          atOnce,
          read: () => store.search.find(workspace_id, query()),
        },
        {
          beside: 'searches in a second one',
          atOnce,
          read: () => elsewhere(['search', 'find', [workspace_id, query()]]),
        },
      ],
      size.reads,
    )
  } finally {
    await second.stop()
    await store.close()
    rmSync(path, { recursive: true, force: true })
  }
}
