/** Where it is told: standard error. */
interface Screen {
  readonly isTTY: boolean
  write(text: string): boolean
}

/** Tells on a stream how far something is. */
export interface Progress {
  advance(count: number): void
  end(): void
}

const width = 30
const linesPerTask = 10

/** A bar that is drawn over itself on a terminal; elsewhere a line for each tenth. */
export function showProgress(out: Screen, name: string, total: number, done = 0): Progress {
  let at = done
  let told = -1
  const show = out.isTTY ? drawBar : writeLine

  function drawBar(share: number): void {
    const filled = Math.round(share * width)
    out.write(`\r${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${percent(share)} ${name} `)
  }

  function writeLine(share: number): void {
    const tenth = Math.floor(share * linesPerTask)
    if (tenth === told) return
    told = tenth
    out.write(`${name}: ${percent(share)} (${at} of ${total})\n`)
  }

  if (shareOf(at, total) > 0) show(shareOf(at, total))
  return {
    advance(count) {
      at += count
      show(shareOf(at, total))
    },
    end() {
      if (out.isTTY) out.write('\n')
    },
  }
}

function shareOf(at: number, total: number): number {
  return total === 0 ? 1 : Math.min(at / total, 1)
}

function percent(share: number): string {
  return `${Math.floor(share * 100)} %`.padStart(5)
}
