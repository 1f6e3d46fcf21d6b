import { parentPort, workerData } from 'node:worker_threads'
import { createEngine } from '../../../packages/server/src/stores/embedded/engine.ts'
import type { Operation } from '../../../packages/server/src/stores/embedded/operations.ts'
import { loadSqlite } from '../../../packages/server/src/stores/embedded/sqlite.ts'
import { answerWith } from './thread.ts'

// An engine of its own over the same file. It keeps heads as if it alone wrote: good enough for a room that nobody writes to.
const connect = await loadSqlite()
const engine = createEngine(connect(workerData.database, { readOnly: true }))
answerWith(parentPort, (operation: Operation) => engine.run([operation])[0])
