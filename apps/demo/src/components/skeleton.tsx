const lines = [1, 2, 3, 4]

/** Gray lines while a list loads. They fade in late, so that a fast answer shows none. */
export function Skeleton({ label }: { readonly label: string }) {
  return (
    <div className="skeleton" role="status">
      <span className="visually-hidden">{label}</span>
      {lines.map((line) => (
        <span key={line} className="skeleton-line" />
      ))}
    </div>
  )
}
