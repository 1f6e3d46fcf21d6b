import { parentPort, workerData } from 'node:worker_threads'
import { describeError } from '../describe-error.ts'
import { StoreOpenError } from '../store.ts'
import type { Report } from './damage.ts'
import { openEngine } from './open-engine.ts'
import { loadSqlite } from './sqlite.ts'
import type { WorkerFolder, WorkerInput, WorkerOutput } from './worker-backend.ts'

// Started by worker-backend.ts alone, with the folder.
if (!parentPort) throw new Error('This file runs as a worker')
const port = parentPort
const send = (output: WorkerOutput): void => port.postMessage(output)

try {
  const { path, ...options } = workerData as WorkerFolder
  const report: Report = (damaged) => send({ damaged })
  const { engine, notRebuilt, usedUntil, close } = openEngine(path, await loadSqlite(), report, options)
  port.on('message', (input: WorkerInput) => {
    if (input !== 'close') return send(engine.run(input))
    close()
    port.close()
  })
  send({ notRebuilt, usedUntil })
} catch (error) {
  send({ problem: describeError(error), isOpenError: error instanceof StoreOpenError })
  port.close()
}
