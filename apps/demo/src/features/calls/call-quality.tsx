import { useCallQuality } from '@dowellchat/client/react'

const bars = { poor: 1, fair: 2, good: 3 } as const

/** How well the call comes through: three bars, and a word. */
export function ConnectionQuality() {
  const { quality } = useCallQuality()
  if (quality === null) return null
  return (
    <p className="call-quality" data-quality={quality}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        {[1, 2, 3].map((bar) => (
          <rect
            key={bar}
            x={(bar - 1) * 6}
            y={16 - bar * 5}
            width="4"
            height={bar * 5}
            rx="1"
            data-on={bar <= bars[quality]}
          />
        ))}
      </svg>
      Connection: {quality}
    </p>
  )
}
