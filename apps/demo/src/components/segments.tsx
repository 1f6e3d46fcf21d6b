interface SegmentsProps<Choice extends string> {
  /** What tells its radio buttons from others on the page. */
  readonly name: string
  readonly choices: readonly (readonly [choice: Choice, title: string])[]
  readonly chosen: string
  readonly onChoose: (choice: Choice) => void
}

/** A few choices beside each other, of which one holds. The fieldset around it says what they are. */
export function Segments<Choice extends string>({ name, choices, chosen, onChoose }: SegmentsProps<Choice>) {
  return (
    <div className="segments">
      {choices.map(([one, title]) => (
        <label key={one}>
          <input
            type="radio"
            name={name}
            value={one}
            checked={one === chosen}
            onChange={() => onChoose(one)}
          />
          {title}
        </label>
      ))}
    </div>
  )
}
