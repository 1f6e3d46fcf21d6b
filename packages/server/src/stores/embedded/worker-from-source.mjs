// The worker's entry where nothing is built. On Node 20 `--import tsx` reaches no worker, so tsx is registered in it.
import { register } from 'tsx/esm/api'

register()
await import('./worker.ts')
