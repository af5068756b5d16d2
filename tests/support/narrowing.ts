/** Expectations that also narrow the type of a value for the lines after them. */
import { expect } from "vitest"

/** Expects the condition, and narrows the types that it compares. */
export function expectTrue(condition: boolean, message?: string): asserts condition {
  expect(condition, message).toBe(true)
}

/** Expects a value besides null and undefined. */
export function expectPresent<A>(value: A, message?: string): asserts value is NonNullable<A> {
  expect(value ?? null, message).not.toBeNull()
}
