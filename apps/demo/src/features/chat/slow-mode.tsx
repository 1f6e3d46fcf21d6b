import type { Room } from '@dowellchat/client'
import { useUpdateRoom } from '@dowellchat/client/react'
import { Problem } from '../../components/problem.tsx'

const choices: readonly (readonly [string, number])[] = [
  ['No pause', 0],
  ['10 seconds', 10_000],
  ['A minute', 60_000],
  ['10 minutes', 600_000],
]

/** How long members wait from one message to the next. */
export function SlowMode({ room: { _id, slow_mode_ms } }: { readonly room: Room }) {
  const { updateRoom, isPending, error } = useUpdateRoom()
  return (
    <div className="field room-slow">
      <label htmlFor="slow-mode">Pause between messages of a member</label>
      <select
        id="slow-mode"
        className="input"
        disabled={isPending}
        value={slow_mode_ms ?? 0}
        onChange={({ target }) => void updateRoom(_id, { slow_mode_ms: Number(target.value) })}
      >
        {choices.map(([title, ms]) => (
          <option key={ms} value={ms}>
            {title}
          </option>
        ))}
      </select>
      <Problem what={error} />
    </div>
  )
}
