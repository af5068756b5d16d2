/** A Vitest reporter for the suites that a missing server or program keeps from running. */
import type { Reporter, TestModule } from "vitest/node"
import { readNotRunName } from "./notRun.ts"

/** Ends the run with the names of the suites that did not run, because a number of skipped tests says too little. */
export default class NotRunReporter implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>): void {
    const linesByReason = new Map<string, Array<string>>()
    for (const module of modules)
      for (const suite of module.children.suites()) {
        const part = readNotRunName(suite.name)
        if (part === null) continue
        const lines = linesByReason.get(part.reason) ?? []
        const tests = [...suite.children.allTests()].length
        lines.push(`  ${module.relativeModuleId}: ${part.name} (${tests} tests)`)
        linesByReason.set(part.reason, lines)
      }
    for (const [reason, lines] of linesByReason) process.stdout.write(`\nNot run: ${reason}\n${lines.join("\n")}\n`)
  }
}
