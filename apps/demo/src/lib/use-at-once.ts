import { startTransition, useOptimistic } from 'react'

/** A setting that shows what was chosen while it is being saved, and what it was if that fails. */
export function useAtOnce<Choice extends Value, Value>(
  saved: Value,
  save: (choice: Choice) => Promise<unknown>,
): readonly [shown: Value, choose: (choice: Choice) => void] {
  const [shown, show] = useOptimistic(saved)
  const choose = (choice: Choice): void =>
    startTransition(async () => {
      show(choice)
      // Whoever saves shows why it failed.
      await save(choice).catch(() => {})
    })
  return [shown, choose]
}
