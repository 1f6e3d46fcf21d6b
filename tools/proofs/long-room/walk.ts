/** What was seen while a page was scrolled. */
export interface Walked {
  readonly steps: number
  /** How far a message was at most from where the step should have brought it, in pixels. */
  readonly worst: number
  /** The most elements that the list had at once. */
  readonly elements: number
  readonly messages: number
  /** The numbers of the first and the last line that were seen. */
  readonly from: number
  readonly to: number
}

export interface Walk {
  /** Pixels of a step; negative goes up. */
  readonly by: number
  readonly steps: number
}

/**
 * Runs in the page: scrolls its list step by step, each in a frame of its own, and looks where a message in the middle of the
 * screen is after each. At an end of the list it waits for what is loaded there.
 */
export async function walk({ by, steps }: Walk): Promise<Walked> {
  const log = document.querySelector<HTMLElement>('[role="log"]')
  if (!log) throw new Error('There is no list of messages')
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
  const rows = () => [...log.querySelectorAll<HTMLElement>('[data-key]')]
  const lineOf = (row: HTMLElement): number =>
    Number(/line (\d+)/.exec(row.querySelector('[data-message-text]')?.textContent ?? '')?.[1] ?? Number.NaN)
  const middle = (): HTMLElement | undefined => {
    const { top, height } = log.getBoundingClientRect()
    return rows().find((row) => row.getBoundingClientRect().bottom > top + height / 2)
  }
  const canGo = (): boolean =>
    by < 0 ? log.scrollTop >= -by : log.scrollHeight - log.clientHeight - log.scrollTop >= by
  const seen = { steps: 0, worst: 0, elements: 0, messages: 0, from: Number.POSITIVE_INFINITY, to: 0 }

  // A jump goes on for a moment while rows are measured: it is over once the list stands still. `worst` shows where it never does.
  await new Promise((resolve) => setTimeout(resolve, 500))
  for (let place = '', still = 0, waits = 0; still < 10 && waits < 3_000; waits++) {
    await frame()
    const row = middle()
    const now = `${row?.dataset.key} ${row?.getBoundingClientRect().top} ${log.scrollHeight}`
    still = now === place ? still + 1 : 0
    place = now
  }
  for (let waits = 0; seen.steps < steps && waits < 3_000; ) {
    if (!canGo()) {
      waits += 1
      await frame()
      continue
    }
    const row = middle()
    const key = row?.dataset.key
    const before = row?.getBoundingClientRect().top ?? 0
    log.scrollBy(0, by)
    await frame()
    await frame()
    const now = rows()
    const after = now.find((one) => one.dataset.key === key)?.getBoundingClientRect().top
    if (after !== undefined) seen.worst = Math.max(seen.worst, Math.abs(after - before + by))
    seen.steps += 1
    seen.elements = Math.max(seen.elements, log.querySelectorAll('*').length)
    seen.messages = Math.max(seen.messages, now.length)
    const lines = now.map(lineOf).filter((line) => !Number.isNaN(line))
    seen.from = Math.min(seen.from, ...lines)
    seen.to = Math.max(seen.to, ...lines)
    waits = 0
  }
  return seen
}
