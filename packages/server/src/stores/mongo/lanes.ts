/** How many are under way at once. */
const lanes = 8

/** Does something for each of many, a few at a time; the answers in their order. */
export async function inLanes<One, Answer>(
  all: readonly One[],
  run: (one: One) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = []
  const left = all.entries()
  const lane = async (): Promise<void> => {
    for (const [at, one] of left) answers[at] = await run(one)
  }
  await Promise.all(Array.from({ length: Math.min(lanes, all.length) }, lane))
  return answers
}
