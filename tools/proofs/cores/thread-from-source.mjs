// Runs the TypeScript file that `workerData` names in a worker: on Node 20 `--import tsx` reaches none.
import { workerData } from 'node:worker_threads'
import { register } from 'tsx/esm/api'

register()
await import(workerData.file)
