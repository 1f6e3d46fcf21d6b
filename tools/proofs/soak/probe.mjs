// Preloaded into the server: says what it uses, and is idle otherwise.

// Of no user's server. Node decodes them for the first error whose stack is read, whenever that is: 12 MiB that stay.
process.setSourceMapsEnabled(false)

const turns = 5

/** Collects several times: finalizers free more on the next turn. */
async function collect() {
  for (let turn = 0; turn < turns; turn++) {
    globalThis.gc()
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

function resources() {
  const counted = {}
  for (const name of process.getActiveResourcesInfo()) counted[name] = (counted[name] ?? 0) + 1
  return counted
}

// The channel is there in the main thread only.
if (process.send) {
  process.on('message', async ({ isCollected }) => {
    if (isCollected) await collect()
    const { heapUsed, external, rss } = process.memoryUsage()
    process.send({ pid: process.pid, heapUsed, external, rss, resources: resources() })
  })
  process.on('disconnect', () => process.exit())
  process.channel.unref()
}
