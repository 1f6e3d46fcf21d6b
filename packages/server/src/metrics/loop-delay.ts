import { monitorEventLoopDelay } from 'node:perf_hooks'

const resolutionMs = 20
const quantiles = [0.5, 0.99, 1]

/** How late the event loop is. Each reading is about the time since the one before. */
export class LoopDelay {
  readonly #histogram = monitorEventLoopDelay({ resolution: resolutionMs })

  constructor() {
    this.#histogram.enable()
  }

  /** Seconds by quantile. */
  read(): Record<string, number> {
    const seconds = quantiles.map((quantile) => {
      const ms = this.#histogram.percentile(quantile * 100) / 1e6
      // The histogram has the whole time between two turns of its timer.
      return [quantile, Math.max(0, ms - resolutionMs) / 1_000]
    })
    this.#histogram.reset()
    return Object.fromEntries(seconds)
  }

  stop(): void {
    this.#histogram.disable()
  }
}
