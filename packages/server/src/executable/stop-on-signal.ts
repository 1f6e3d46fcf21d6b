import type { ChatServer } from '../chat-server.ts'
import type { Logger } from '../logger.ts'

/** What ends a server. */
export const signals = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const

/** npm passes on to the server what the server has got from the terminal or from systemd too. */
const togetherMs = 500
/** For the log, which is not always read at once. */
const lastWordsMs = 100

/**
 * Closes the server on the first signal, with exit code 0, and on an error that nobody has caught, with exit code 1. A
 * second signal ends the process at once, whatever it waits for.
 */
export function stopOnSignal(server: ChatServer, logger: Logger): void {
  let exitCode = 0
  let isStopping = false

  function stop(): void {
    isStopping = true
    setTimeout(leaveToSystem, togetherMs)
    server.close().then(
      () => process.exit(exitCode),
      (error: unknown) => {
        logger.error({ error }, 'The server could not be closed; it ends without')
        setTimeout(endNow, lastWordsMs)
      },
    )
  }

  /** Without a listener the system ends the process, also while a thread of it hangs; but not the first of a container. */
  function leaveToSystem(): void {
    for (const signal of signals) {
      process.off(signal, onSignal)
      if (process.pid === 1) process.on(signal, endNow)
    }
  }

  function onSignal(signal: NodeJS.Signals): void {
    if (isStopping) return
    // The logger writes no field of the name `signal`, since the parties of a call send each other such ones.
    logger.info({ stoppedBy: signal }, 'The server stops; a second signal ends it at once')
    stop()
  }

  for (const signal of signals) process.on(signal, onSignal)
  // Promises whose rejection nobody handles come here too.
  process.on('uncaughtException', (error) => {
    logger.error({ error }, 'An error that nobody has caught: please report it. The server stops')
    exitCode = 1
    if (!isStopping) stop()
  })
}

/** Ends the process, also where a thread of it waits for a disk; `process.exit` would wait for the thread. */
export function endNow(): void {
  process.kill(process.pid, 'SIGKILL')
  // The first process of a container cannot kill itself.
  process.abort()
}
