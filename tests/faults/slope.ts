/** The slope of a series of measurements. */

export interface Sample {
  readonly seconds: number
  readonly value: number
}

/** Returns by how much the value grows in a minute, as the line through the samples with the least squares. */
export const slopePerMinute = (samples: ReadonlyArray<Sample>): number => {
  const mean = (values: ReadonlyArray<number>) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [x, y] = [mean(samples.map(({ seconds }) => seconds)), mean(samples.map(({ value }) => value))]
  const squares = samples.reduce((sum, { seconds }) => sum + (seconds - x) ** 2, 0)
  const products = samples.reduce((sum, { seconds, value }) => sum + (seconds - x) * (value - y), 0)
  return squares === 0 ? 0 : (60 * products) / squares
}
