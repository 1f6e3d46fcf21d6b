import { useMediaDevices } from '@dowellchat/client/react'

const kinds = [
  { kind: 'microphone', list: 'microphones', name: 'Microphone' },
  { kind: 'camera', list: 'cameras', name: 'Camera' },
  { kind: 'speaker', list: 'speakers', name: 'Speaker' },
] as const

/** Which microphone, camera and speaker calls use. Of what there is only one, there is nothing to choose. */
export function DeviceChoices() {
  const { chosen, choose, canChooseSpeaker, ...lists } = useMediaDevices()
  return (
    <div className="device-choices">
      {kinds.map(({ kind, list, name }) => {
        if (kind === 'speaker' && !canChooseSpeaker) return null
        const devices = lists[list]
        if (devices.length < 2) return null
        return (
          <div className="field" key={kind}>
            <label htmlFor={`choose-${kind}`}>{name}</label>
            <select
              id={`choose-${kind}`}
              className="input"
              value={chosen[kind] ?? ''}
              onChange={({ target }) => void choose(kind, target.value || null)}
            >
              <option value="">The browser’s default</option>
              {devices.map(({ id, label }) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
            </select>
          </div>
        )
      })}
    </div>
  )
}
