// Runs in each thread of a server before it: ends that of the store once the file ENDS_WITH is there.
import { existsSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

const pollMs = 20
const file = process.env.ENDS_WITH
if (!isMainThread) setInterval(() => existsSync(file) && process.exit(1), pollMs).unref()
