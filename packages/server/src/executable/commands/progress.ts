/** The part of standard error that progress needs. */
interface Screen {
  readonly isTTY: boolean
  write(text: string): boolean
}

/** Shows how far a task is. */
export interface Progress {
  advance(count: number): void
  end(): void
}

const width = 30
const linesPerTask = 10

/** On a terminal, a bar that redraws itself; elsewhere, a line for each tenth. */
export function showProgress(out: Screen, name: string, total: number, done = 0): Progress {
  let at = done
  let shownTenth = -1
  const show = out.isTTY ? drawBar : writeLine

  function drawBar(share: number): void {
    const filled = Math.round(share * width)
    out.write(`\r${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${percent(share)} ${name} `)
  }

  function writeLine(share: number): void {
    const tenth = Math.floor(share * linesPerTask)
    if (tenth === shownTenth) return
    shownTenth = tenth
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
