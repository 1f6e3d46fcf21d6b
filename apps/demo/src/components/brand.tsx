/** The product's name and logo. */
export function Brand() {
  return (
    <span className="brand">
      <svg viewBox="0 0 32 32" aria-hidden="true" className="brand-sign">
        <path
          fill="currentColor"
          d="M8 3h16a6 6 0 0 1 6 6v9a6 6 0 0 1-6 6h-7l-7.2 5.4A1.1 1.1 0 0 1 8 28.5V24a6 6 0 0 1-6-6V9a6 6 0 0 1 6-6Z"
        />
        <path className="brand-lines" d="M9.5 11h13M9.5 16.5h8" />
      </svg>
      dowellchat
    </span>
  )
}
