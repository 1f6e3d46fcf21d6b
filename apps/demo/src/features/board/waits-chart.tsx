import { minutesWords } from './board-words.ts'
import type { Wait } from './waits.ts'

const height = 120
const step = 26
const width = 16

/** How long the last customers waited, as bars, and what was predicted of them, as lines across. The table says the same. */
export function WaitsChart({ waits }: { readonly waits: readonly Wait[] }) {
  const most = Math.max(1, ...waits.flatMap(({ actual, predicted }) => [actual, predicted ?? 0]))
  const y = (minutes: number): number => height - (height * minutes) / most
  return (
    <section className="card" aria-labelledby="board-waits">
      <h2 id="board-waits">Waits, and what was predicted</h2>
      {waits.length === 0 ? (
        <p className="hint">
          As soon as somebody has been waiting, you see here how long, and what they were told.
        </p>
      ) : (
        <>
          <div className="board-chart" aria-hidden>
            <span className="muted">{minutesWords(most)}</span>
            <svg aria-hidden="true" viewBox={`0 0 ${step * waits.length} ${height + 2}`}>
              {waits.map(({ ticketId, actual, predicted }, at) => (
                <g key={ticketId} transform={`translate(${at * step} 0)`}>
                  <rect
                    className="board-actual"
                    x={5}
                    y={y(actual) - 1}
                    width={width}
                    height={height - y(actual) + 2}
                    rx={2}
                  />
                  {predicted !== null && (
                    <line
                      className="board-predicted"
                      x1={1}
                      x2={step - 1}
                      y1={y(predicted)}
                      y2={y(predicted)}
                    />
                  )}
                </g>
              ))}
            </svg>
          </div>
          <ul className="board-legend" aria-hidden>
            <li className="board-legend-actual">Waited</li>
            <li className="board-legend-predicted">Predicted</li>
          </ul>
          <WaitsTable waits={waits} />
        </>
      )}
    </section>
  )
}

function WaitsTable({ waits }: { readonly waits: readonly Wait[] }) {
  return (
    <details>
      <summary>The figures</summary>
      <table className="board-table">
        <thead>
          <tr>
            <th scope="col">Customer</th>
            <th scope="col">Predicted</th>
            <th scope="col">Waited</th>
          </tr>
        </thead>
        <tbody>
          {waits.map(({ ticketId, customer, actual, predicted }) => (
            <tr key={ticketId}>
              <th scope="row">
                <bdi>{customer}</bdi>
              </th>
              <td>{predicted === null ? '–' : minutesWords(predicted)}</td>
              <td>{minutesWords(actual)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}
