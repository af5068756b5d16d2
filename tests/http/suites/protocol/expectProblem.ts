/** The check of a problem in a raw response. */
import { expect } from "vitest"
import { type Problem, statusOfCode } from "../../Answers.ts"
import type { RawAnswer } from "../../RawSocket.ts"

/** Checks that the response is the problem with this code, and names it in a failure. */
export const expectProblem = (what: string, answer: RawAnswer | undefined, code: string) => {
  const body = answer?.body === undefined || answer.body === "" ? {} : (JSON.parse(answer.body) as Problem)
  expect([what, answer?.status, body]).toEqual([
    what,
    statusOfCode[code],
    expect.objectContaining({ code, status: statusOfCode[code], request_id: answer?.headers["x-request-id"] }),
  ])
  expect([what, answer?.headers["content-type"]]).toEqual([what, "application/problem+json"])
  expect([what, answer?.headers["x-content-type-options"]]).toEqual([what, "nosniff"])
}
