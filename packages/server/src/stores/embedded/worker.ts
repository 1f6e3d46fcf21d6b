import { parentPort, workerData } from 'node:worker_threads'
import { describeError } from '../describe-error.ts'
import { StoreOpenError } from '../store.ts'
import { openEngine } from './open-engine.ts'
import { loadSqlite } from './sqlite.ts'
import type { WorkerInput, WorkerOutput } from './worker-backend.ts'

// Started by worker-backend.ts alone, with the folder's path.
if (!parentPort) throw new Error('This file runs as a worker')
const port = parentPort
const send = (output: WorkerOutput): void => port.postMessage(output)

try {
  const { engine, close } = openEngine(String(workerData), await loadSqlite(), (damaged) => send({ damaged }))
  port.on('message', (input: WorkerInput) => {
    if (input !== 'close') return send(engine.run(input))
    close()
    port.close()
  })
  send('open')
} catch (error) {
  send({ problem: describeError(error), isOpenError: error instanceof StoreOpenError })
  port.close()
}
