// Loaded before the server by tests of a disk that hangs at the start: every fsync of the store's thread waits for half a minute.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { isMainThread } from 'node:worker_threads'

if (!isMainThread) {
  fs.fsyncSync = () => void spawnSync('sleep', ['30'])
  syncBuiltinESMExports()
}
