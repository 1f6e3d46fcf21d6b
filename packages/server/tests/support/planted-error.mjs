// Loaded before the server by the test of errors that nobody catches: throws one on SIGUSR2.
import { isMainThread } from 'node:worker_threads'

if (isMainThread)
  process.on('SIGUSR2', () => {
    throw new Error('A planted error')
  })
