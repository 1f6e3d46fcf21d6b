// Preloaded into every server and its workers: reports memory and profiles to the bench, and is idle otherwise.
import { writeFile } from 'node:fs/promises'
import { Session } from 'node:inspector'
import { getHeapStatistics } from 'node:v8'
import { isMainThread, threadId } from 'node:worker_threads'

const threads = new BroadcastChannel('bench-probe')
let session

async function profile({ start, folder }) {
  if (start) {
    session = new Session()
    session.connect()
    session.post('Profiler.enable')
    session.post('Profiler.setSamplingInterval', { interval: 200 })
    session.post('Profiler.start')
    return
  }
  const { profile } = await new Promise((resolve, reject) =>
    session.post('Profiler.stop', (error, result) => (error ? reject(error) : resolve(result))),
  )
  session.disconnect()
  await writeFile(`${folder}/thread-${threadId}.cpuprofile`, JSON.stringify(profile))
}

/** Collects until the heap stops shrinking: finalizers free more on the next turn. */
async function collect() {
  for (let turn = 0; turn < 5; turn += 1) {
    globalThis.gc()
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

async function memory() {
  await collect()
  return process.memoryUsage()
}

/** Needs no file, so that a process without a free descriptor can answer. */
async function heap() {
  await collect()
  const { used_heap_size, external_memory } = getHeapStatistics()
  return used_heap_size + external_memory
}

const answers = { memory, heap }

threads.onmessage = ({ data }) => void profile(data)
threads.unref()

if (isMainThread && process.send) {
  process.on('message', async ({ id, ask, ...rest }) => {
    if (ask === 'profile') {
      threads.postMessage(rest)
      await profile(rest)
    }
    process.send({ id, answer: (await answers[ask]?.()) ?? null })
  })
  process.on('disconnect', () => process.exit()) // the bench is gone, however it went
  process.channel.unref()
}
