// Preloaded into a server and its workers: Node 20 gives all of its threads one name, and /proc takes another from the thread itself.
import { writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

writeFileSync('/proc/thread-self/comm', isMainThread ? 'main' : 'store')
