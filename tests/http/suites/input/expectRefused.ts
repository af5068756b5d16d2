/** The check of a response that refuses input. */
import { expect } from "vitest"
import { fields, keysOf, type Problem } from "../../Answers.ts"
import { marker } from "./invalidValues.ts"

/** Checks that the response names exactly these fields, and repeats nothing of the input. */
export const expectRefused = (
  answer: { readonly status: number; readonly body: Problem; readonly text: string },
  what: unknown,
  ...paths: ReadonlyArray<string>
) => {
  expect([what, answer.status, answer.body.code]).toEqual([what, 400, "validation_failed"])
  expect(keysOf(answer.body)).toEqual([...fields.problem, "errors"].sort())
  const named = [...new Set(answer.body.errors?.map(({ path }) => path))].sort()
  expect([what, named]).toEqual([what, [...paths].sort()])
  for (const error of answer.body.errors ?? []) expect(error.message).not.toBe("")
  expect(answer.text).not.toContain(marker)
}
